import pytest

import perfdiag.collectors
from perfdiag.analyzers.use import SPEC, use_table
from perfdiag.errors import Missing
from perfdiag.facts import FactFold
from perfdiag.model import Snapshot
from perfdiag.plugins import Collector, Signals, discover
from perfdiag.samples import counter, gauge
from perfdiag.units import Unit
from tests.hosts import CASES, SECONDS, recorded

COLLECTORS = discover(perfdiag.collectors, Collector)


def snapshot(tree, at):
    found = []
    for collector in COLLECTORS:
        try:
            found.extend(collector.collect(tree.host, None))
        except Missing:
            continue
    return Snapshot(at=at, wall=0.0, samples=tuple(found))


def folded(*snapshots) -> Signals:
    state = SPEC.start(None)
    assert isinstance(state, FactFold)
    for one in snapshots:
        state = state.take(one)
    return Signals(SPEC.signals(state, 0.0))


def seconds(*moments) -> Signals:
    """Signals of one snapshot a second, each made of these samples."""
    return folded(*(Snapshot(at=float(n), wall=0.0, samples=tuple(one)) for n, one in enumerate(moments)))


@pytest.fixture(params=CASES)
def host(request, tmp_path) -> Signals:
    """A recorded host between its two moments."""
    return folded(
        snapshot(recorded(tmp_path, request.param, "t0"), 100.0),
        snapshot(recorded(tmp_path, request.param, "t1"), 100.0 + SECONDS),
    )


def test_a_recorded_host_has_every_resource_that_it_could_measure(host):
    rows = {row.resource: row for row in use_table(host)}
    assert ["cpu", "memory", "disk vda", "io", "network eth0", "network lo", "tcp", "files"] == list(rows)
    assert 0.5 < rows["cpu"].utilization.value <= 1
    assert 0 < rows["disk vda"].utilization.value < 1
    assert 0 == rows["memory"].errors.value == rows["disk vda"].errors.value
    assert 0 <= rows["network eth0"].utilization.value < 0.01
    assert None is rows["network lo"].utilization


def test_a_host_without_psi_is_judged_by_what_it_has(tmp_path):
    moments = []
    for moment in ("t0", "t1"):
        tree = recorded(tmp_path, "cgroup_v1", moment)
        tree.remove("proc/pressure")
        moments.append(snapshot(tree, 100.0 if moment == "t0" else 102.0))
    found = folded(*moments)
    assert "run queue" == found.first("use.cpu.saturation").label("measure")
    assert "reclaim" == found.first("use.memory.saturation").label("measure")
    assert "use.io.saturation" not in found


def test_a_counter_that_went_back_gives_no_rate_and_says_so(tmp_path):
    trees = [recorded(tmp_path, "cgroup_v1", moment) for moment in ("t0", "t1")]
    moments = [snapshot(tree, float(number)) for number, tree in enumerate(trees)]
    trees[1].write("proc/diskstats", " 254 0 vda 1 0 8 1 1 0 8 1 0 2 2\n")
    moments.append(snapshot(trees[1], 2.0))
    busy = folded(*moments).first("use.disk.utilization").estimate
    assert 1 == busy.n
    assert "1 readings left out: a counter was reset" in busy.caveats
    assert "use.disk.utilization" not in folded(moments[1], moments[2])


def test_cpu_time_that_is_not_idle_is_used():
    def at(n):
        modes = {"user": 0.5 * n, "system": 0.25 * n, "idle": 1.0 * n, "iowait": 0.25 * n}
        return [counter("cpu.time", value, Unit.SECONDS, mode=mode) for mode, value in modes.items()]

    used = seconds(*(at(n) for n in range(5))).first("use.cpu.utilization").estimate
    assert pytest.approx((0.375, 0.375, 0.375)) == (used.low, used.value, used.high)
    assert 4 == used.n


def test_perfdiag_itself_is_not_in_the_run_queue():
    def at(running):
        return [gauge("runqueue.running", running), gauge("cpu.online", 2)]

    found = seconds(at(9), at(3), at(3), at(4), at(1))
    assert 0.25 == found.first("use.cpu.saturation", measure="run queue").estimate.value
    assert (2 + 2 + 3 + 0) / 4 / 2 == found.value("cpu.runnable")


def test_stalls_are_a_share_of_time_and_never_more_than_all_of_it():
    def at(total):
        return [counter("pressure.stall", total, Unit.SECONDS, resource="io", kind="some")]

    waits = seconds(at(0.0), at(0.5), at(0.9), at(2.0)).first("use.io.saturation").estimate
    assert pytest.approx((0.5 + 0.4 + 1.0) / 3) == waits.value


def test_a_process_killed_for_lack_of_memory_is_an_error_of_memory():
    (row,) = use_table(seconds([counter("memory.oom_kills", 3)], [counter("memory.oom_kills", 4)]))
    assert ("memory", 1.0, 1) == (row.resource, row.errors.value, row.errors.n)
    assert (None, None) == (row.utilization, row.saturation)


def test_disks_stand_apart():
    def at(n):
        return [
            counter("disk.busy", 0.5 * n, Unit.SECONDS, device="sda"),
            counter("disk.queue_time", 3.0 * n, Unit.SECONDS, device="sda"),
            counter("disk.errors", 2 * n, device="sda"),
            counter("disk.busy", 0.0, Unit.SECONDS, device="sdb"),
            counter("disk.queue_time", 0.0, Unit.SECONDS, device="sdb"),
            *(counter("disk.operations", 5 * n, device="sda", direction=way) for way in ("read", "write")),
            *(counter("disk.operation_time", 0.1 * n, Unit.SECONDS, device="sda", direction=way)
              for way in ("read", "write")),
        ]  # fmt: skip

    found = seconds(*(at(n) for n in range(4)))
    one, other = use_table(found)
    assert ("disk sda", 0.5, 3.0, 2.0) == (
        one.resource,
        one.utilization.value,
        one.saturation.value,
        one.errors.value,
    )
    assert ("disk sdb", 0.0, None) == (other.resource, other.utilization.value, other.errors)
    assert pytest.approx(0.02) == found.value("disk.await", device="sda")


def test_drops_and_errors_of_an_interface_and_what_it_carries_of_its_speed():
    def at(n):
        values = {"bytes": 50.0 * n, "packets": 90 * n, "errors": 1 * n, "drops": 10 * n}
        found = [
            counter(f"network.{name}", value if way == "send" else 0, interface="eth0", direction=way)
            for name, value in values.items()
            for way in ("receive", "send")
        ]
        return [*found, gauge("network.speed", 200.0, Unit.BYTES_PER_SECOND, interface="eth0")]

    found = seconds(*(at(n) for n in range(4)))
    (row,) = use_table(found)
    assert ("network eth0", 0.25, 11.0) == (row.resource, row.utilization.value, row.errors.value)
    assert pytest.approx(0.1) == found.value("network.drops", interface="eth0")


def test_tcp():
    def at(n):
        aborts = [counter("tcp.aborts", n, kind=kind) for kind in
                  ("data", "close", "memory", "timeout", "linger", "failed")]  # fmt: skip
        return [
            *aborts,
            counter("tcp.segments", 95 * n, kind="sent"),
            counter("tcp.segments", 5 * n, kind="retransmitted"),
            counter("tcp.listen", 2 * n, kind="drops"),
        ]

    found = seconds(*(at(n) for n in range(4)))
    (row,) = use_table(found)
    assert ("tcp", 0.05, 6.0) == (row.resource, row.saturation.value, row.errors.value)
    assert 2.0 == found.value("tcp.listen_drops")


def test_nothing_measured_gives_an_empty_table():
    assert () == use_table(Signals(()))
