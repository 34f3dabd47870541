import pytest

import perfdiag.collectors
from perfdiag.analyzers.target import SPEC
from perfdiag.analyzers.use import use_table
from perfdiag.model import Snapshot
from perfdiag.plugins import Collector, Signals, discover
from tests.analyzers.snapshots_made import said_of
from tests.hosts import PID, recorded

COLLECTORS = [one for one in discover(perfdiag.collectors, Collector) if one.scope == "process"]


def snapshot(tree, at):
    samples = [sample for collector in COLLECTORS for sample in collector.collect(tree.host, PID)]
    return Snapshot(at=at, wall=0.0, samples=tuple(samples))


def folded(*snapshots) -> Signals:
    state = SPEC.start(None)
    for one in snapshots:
        state = state.take(one)
    return Signals(SPEC.signals(state, 0.0))


@pytest.fixture
def between(tmp_path):
    """Signals of a case between t0 and t1, two seconds; `edit` changes the tree of t1."""

    def make(case, edit=lambda tree: None) -> Signals:
        before, after = (recorded(tmp_path, case, moment) for moment in ("t0", "t1"))
        edit(after)
        return folded(snapshot(before, 10.0), snapshot(after, 12.0))

    return make


def test_a_process_under_a_quota_of_a_third_of_a_cpu(between):
    found = between("cgroup_v1")
    assert pytest.approx(0.3, abs=0.05) == found.value("process.cpu")
    assert 0.3 == found.value("cpu.quota")
    assert f"process:{PID}" == found.first("process.cpu").subject
    assert 3 / 20000 == found.value("process.descriptors")
    assert 100 < found.value("process.switches", kind="voluntary") < 500
    assert found.value("process.io", direction="write") > 1e6


def test_the_quota_of_version_1_is_used_up_and_stops_the_group(between):
    rows = {row.resource: row for row in use_table(between("cgroup_v1"))}
    quota = rows["cgroup.cpu fs/cgroup/cpu/recorded.slice"]
    assert pytest.approx(1.0, abs=0.1) == quota.utilization.value
    assert quota.saturation.low > 0.7
    memory = rows["cgroup.memory fs/cgroup/memory/recorded.slice"]
    assert 0 < memory.utilization.value < 0.02


def test_the_quota_and_the_limit_of_version_2(between):
    rows = {row.resource: row for row in use_table(between("cgroup_v2"))}
    quota = rows["cgroup.cpu fs/cgroup/system.slice/shop.service"]
    assert (1.0, 0.75, 20) == (quota.utilization.value, quota.saturation.value, quota.saturation.n)
    memory = rows["cgroup.memory fs/cgroup/system.slice/shop.service"]
    assert (500 / 512, 0.15, 0.5) == (
        memory.utilization.value,
        pytest.approx(memory.saturation.value),
        memory.errors.value,
    )
    assert 2 == len(rows)


def test_another_process_of_the_same_number_is_not_compared_with_the_one_before(between):
    def reused(tree):
        stat = tree.read(f"proc/{PID}/stat")
        words = stat.split(" ")
        words[21] = str(int(words[21]) + 5000)
        tree.write(f"proc/{PID}/stat", " ".join(words))

    assert "process.cpu" in between("cgroup_v1")
    assert "process.cpu" not in between("cgroup_v1", reused)


def test_switches_of_threads_that_ended_are_left_out_and_not_negative(between):
    def shrunk(tree):
        tree.remove(f"proc/{PID}/task/4711")

    found = between("cgroup_v1", shrunk)
    assert None is found.first("process.switches", kind="voluntary")
    assert "process.cpu" in found


def test_without_a_quota_there_is_none(between):
    def unlimited(tree):
        tree.write("sys/fs/cgroup/system.slice/shop.service/cpu.max", "max 100000\n")

    found = between("cgroup_v2", unlimited)
    assert "cpu.quota" not in found
    assert "use.cgroup.cpu.utilization" not in found


def moments(refaults, read, *, limited):
    label = {"cgroup": "fs/cgroup/memory/shop"}
    for at in range(4):
        found = [
            ("process.started", 7, {"pid": "42"}),
            ("memory.refaults", 10 * refaults * at, {"kind": "file"}),
            ("process.io.bytes", read * at, {"pid": "42", "direction": "read", "layer": "device"}),
        ]
        if limited:
            found += [("cgroup.memory.limit", 1, label), ("cgroup.memory.refaults", refaults * at, label)]
        yield found


def test_what_was_in_memory_before_is_told_of_what_is_read():
    found = said_of(SPEC, list(moments(500, 4096 * 1000, limited=True)))
    assert 0.5 == found.value("memory.reread")


def test_without_a_group_the_host_counts_and_no_more_than_all_was_read():
    found = said_of(SPEC, list(moments(500, 4096 * 1000, limited=False)))
    assert 1.0 == found.value("memory.reread")


def test_of_next_to_nothing_that_is_read_nothing_is_said():
    assert "memory.reread" not in said_of(SPEC, list(moments(500, 4096, limited=True)))
