"""A round over a recorded host whose clock moves when it is waited for."""

import pytest

import perfdiag.collectors
from perfdiag.analyzers import rules
from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.plugins import Collector, Rule, discover
from perfdiag.triage.records import Figure, State
from perfdiag.triage.watch import Watch
from tests.triage.machine import Machine, StoppedClock


def watch(host):
    return Watch(host, discover(perfdiag.collectors, Collector), discover(rules, Rule))


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    made.start(1, "init")
    made.start(40, "hot", cpu=1.5)
    made.start(41, "writer", cpu=0.1, written=1 << 20)
    return made


def test_a_host_with_time_to_spare_is_healthy_and_the_busiest_process_comes_first(machine):
    machine.cpu = 1.6
    found = watch(machine.host).run(10.0)
    assert ("healthy", 11) == (found.verdict, found.about.looks)
    assert ["hot", "writer", "init"] == [one.name for one in found.processes]
    assert 1.5 == round(found.processes[0].value(Figure.CPU), 2)
    assert 1 << 20 == round(found.processes[1].value(Figure.WRITTEN))
    assert ["perfdiag profile -p 40"] == [step.command for step in found.next]
    assert 3 == len(found.brief)


def test_an_idle_host_needs_nothing(machine):
    machine.start(40, "hot", cpu=0.0)
    found = watch(machine.host).run(2.0)
    assert ("healthy", ()) == (found.verdict, found.next)
    assert "Nothing needs to be done." == found.brief[2]


def test_full_cpus_with_waits_are_saturated_and_the_one_behind_it_is_named(machine):
    machine.cpu, machine.stalls = 2.0, 0.9
    found = watch(machine.host).run(10.0)
    assert "saturated" == found.verdict
    assert ("cpu", State.SATURATED, "host.runqueue") == (
        found.resources[0].name,
        found.resources[0].state,
        found.resources[0].kind,
    )
    (hot, writer) = found.resources[0].culprits
    assert ("hot", 0.94, "writer") == (hot.name, round(hot.share, 2), writer.name)
    assert "perfdiag profile -p 40" == found.next[0].command
    assert found.brief[1].startswith("hot (pid 40): 1.50 CPUs in use")


def test_a_group_at_its_quota_is_saturated_on_an_idle_host(machine):
    group = "sys/fs/cgroup/shop.service"
    machine.start(50, "shop", cpu=0.5, group="/shop.service", pages=2000)
    machine.start(51, "shop-helper", cpu=0.1, group="/shop.service")
    machine.tree.write(f"{group}/cpu.max", "50000 100000\n")
    state = {"seconds": 0.0}

    def throttle(seconds):
        state["seconds"] += seconds
        periods = round(state["seconds"] * 10)
        machine.tree.write(
            f"{group}/cpu.stat",
            f"usage_usec {round(state['seconds'] * 5e5)}\nuser_usec 0\nsystem_usec 0\nnr_periods {periods}\n"
            f"nr_throttled {periods}\nthrottled_usec {periods * 50000}\n",
        )

    throttle(0.0)
    machine.clock.moved.append(throttle)
    found = watch(machine.host).run(10.0)
    (ill,) = [one for one in found.resources if one.summary]
    assert ("cgroup.cpu fs/cgroup/shop.service", State.SATURATED) == (ill.name, ill.state)
    assert ["shop", "shop-helper"] == [one.name for one in ill.culprits]
    assert "perfdiag profile -p 50" == found.next[0].command


def test_where_nobody_is_behind_it_nothing_is_not_what_to_do(machine):
    machine.cpu, machine.stalls = 2.0, 0.9
    for pid in (40, 41):
        machine.start(pid, "idle", cpu=0.0)
    found = watch(machine.host).run(10.0)
    assert ("saturated", ()) == (found.verdict, found.next)
    assert "Which process is behind it cannot be seen." == found.brief[1]
    assert "To read about it: perfdiag explain host.runqueue." == found.brief[2]


def test_two_looks_judge_nothing(machine):
    machine.cpu, machine.stalls = 2.0, 1.0
    one = watch(machine.host)
    machine.clock.moved.append(lambda _: one.stop("interrupted") if machine.clock.now > 1001.5 else None)
    found = one.run(10.0)
    assert ("inconclusive", 2, "interrupted") == (found.verdict, found.about.looks, found.about.ended)
    assert {State.UNKNOWN} == {resource.state for resource in found.resources}
    assert ["hot is the busiest process, 1.5 CPUs in use"] == [step.why for step in found.next]


def test_a_round_that_is_stopped_tells_what_it_saw(machine):
    machine.cpu, machine.stalls = 2.0, 1.0
    one = watch(machine.host)
    machine.clock.moved.append(lambda _: one.stop("interrupted") if machine.clock.now > 1005.5 else None)
    found = one.run(10.0)
    assert ("saturated", 6, "interrupted") == (found.verdict, found.about.looks, found.about.ended)


def test_a_short_round_looks_as_often_as_one_of_ten_seconds(machine):
    found = watch(machine.host).run(1.0)
    assert (11, 1.0) == (found.about.looks, round(found.about.window[1] - found.about.window[0], 6))


def test_cpu_time_of_no_process_that_was_seen_is_told(machine):
    machine.cpu = 2.0
    machine.start(40, "hot", cpu=1.0)
    found = watch(machine.host).run(10.0)
    assert [text for text in found.unseen if text.startswith("0.9 of 2.0 CPUs in use")]


def test_what_cannot_be_read_is_a_fault_and_no_zero(machine):
    machine.tree.remove("proc/pressure")
    machine.start(42, "other", cpu=0.3, io=False)
    found = watch(machine.host).run(2.0)
    assert "pressure" in {fault.source for fault in found.faults}
    assert None is found.processes[1].figure(Figure.WRITTEN)
    assert None is not found.processes[2].figure(Figure.WRITTEN)


def test_bytes_from_before_the_round_are_not_of_it(machine):
    machine.start(43, "late", cpu=0.4, bytes=1 << 40, io=False)
    machine.clock.moved.append(lambda _: machine.processes[43].update(io=True))
    found = watch(machine.host).run(2.0)
    assert None is {one.pid: one for one in found.processes}[43].figure(Figure.WRITTEN)


def test_a_culprit_is_shown_however_little_cpu_it_uses(machine):
    for pid in range(100, 120):
        machine.start(pid, "small", cpu=0.05)
    machine.start(44, "leak", pages=1 << 22)
    machine.tree.write("proc/pressure/memory", "some avg10=0 total=0\nfull avg10=0 total=0\n")

    def stall(_seconds):
        total = round((machine.clock.now - 1000) * 5e5)
        machine.tree.write("proc/pressure/memory", f"some avg10=0 total={total}\nfull avg10=0 total=0\n")

    machine.clock.moved.append(stall)
    found = watch(machine.host).run(10.0)
    assert ("memory", "leak") == (found.resources[0].name, found.resources[0].culprits[0].name)
    assert 44 in {one.pid for one in found.processes}
    assert "perfdiag profile -p 44 -d 60s" == found.next[0].command


def test_hidden_processes_are_told(machine, tmp_path):
    del machine.processes[1]
    machine.tree.remove("proc/1")
    found = watch(machine.host).run(2.0)
    assert [text for text in found.unseen if "hidepid" in text]


def test_no_proc_is_missing(tmp_path):
    with pytest.raises(Missing):
        watch(Host(procfs=str(tmp_path / "absent"), clock=StoppedClock())).run(1.0)
