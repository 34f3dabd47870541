import pytest

from perfdiag.analyzers import rules as rule_package
from perfdiag.diagnosis import Severity
from perfdiag.plugins import Rule, discover
from perfdiag.triage.records import State
from perfdiag.triage.resources import JUDGES, judged
from perfdiag.units import Unit
from tests.analyzers.rules.levels import level

RULES = discover(rule_package, Rule)


def found(*signals):
    return {one.name: one for one in judged(signals, RULES)[0]}


def test_every_kind_that_judges_is_a_rule():
    assert {kind for _, kind in JUDGES.values()} <= {rule.kind for rule in RULES}


def test_each_disk_is_judged_by_its_own_signals():
    rows = found(
        level("use.disk.utilization", 0.95, device="sda"),
        level("use.disk.saturation", 4.0, unit=Unit.COUNT, device="sda"),
        level("use.disk.utilization", 0.3, device="sdb"),
        level("use.disk.saturation", 0.3, unit=Unit.COUNT, device="sdb"),
        level("use.io.saturation", 0.5),
    )
    states = {name: row.state for name, row in rows.items()}
    assert {"disk sda": State.SATURATED, "disk sdb": State.OK, "io": State.OK} == states
    assert (Severity.WARNING, "host.disk") == (rows["disk sda"].severity, rows["disk sda"].kind)
    assert "pidstat" in rows["disk sda"].advice


def test_errors_are_no_saturation():
    rows = found(
        level("use.memory.errors", 0.5, unit=Unit.PER_SECOND, n=5), level("use.memory.saturation", 0.0)
    )
    assert State.ERRORS == rows["memory"].state


def test_what_tcp_loses_is_no_fault_of_an_interface():
    rows = found(
        level("use.tcp.saturation", 0.1, n=1000),
        level("use.network.errors", 0.0, unit=Unit.PER_SECOND, interface="eth0"),
        level("network.drops", 0.0, n=1000, interface="eth0"),
    )
    assert (State.ERRORS, State.OK) == (rows["tcp"].state, rows["network eth0"].state)


def test_what_the_kernel_counts_is_known_however_uneven_it_was():
    rows = found(level("use.cpu.utilization", 0.95, half=0.4), level("use.cpu.saturation", 0.7, half=0.6))
    assert (State.SATURATED, Severity.WARNING) == (rows["cpu"].state, rows["cpu"].severity)
    assert (0.1, 1.3) == tuple(
        round(one, 6) for one in (rows["cpu"].saturation.low, rows["cpu"].saturation.high)
    )


def test_what_was_seen_at_the_looks_alone_may_be_chance():
    waits = level("use.cpu.saturation", 0.7, half=0.6, measure="run queue")
    rows = found(level("use.cpu.utilization", 1.0), waits)
    assert (State.UNSURE, None) == (rows["cpu"].state, rows["cpu"].severity)
    assert rows["cpu"].summary
    assert {(None, None)} == {(item.low, item.high) for item in rows["cpu"].evidence}


@pytest.mark.parametrize(("used", "state"), [(0.9, State.BUSY), (0.5, State.OK)])
def test_a_full_resource_that_nobody_waits_for_is_busy(used, state):
    rows = found(level("use.cpu.utilization", used, half=0.3), level("use.cpu.saturation", 0.0))
    assert state == rows["cpu"].state


def test_full_memory_is_a_cache_and_no_news():
    rows = found(level("use.memory.utilization", 0.99), level("use.memory.saturation", 0.0))
    assert State.OK == rows["memory"].state


def test_the_worst_comes_first_and_the_run_queue_shares_the_state_of_the_cpus():
    rows = found(
        level("use.files.utilization", 0.1),
        level("use.cpu.utilization", 1.0),
        level("use.cpu.saturation", 0.95),
        level("cpu.runnable", 4.0),
        level("use.cgroup.cpu.saturation", 0.5, cgroup="fs/cgroup/x"),
    )
    assert ["cpu", "cgroup.cpu fs/cgroup/x", "runqueue", "files"] == list(rows)
    assert State.SATURATED == rows["runqueue"].state


def test_a_group_with_a_memory_limit_and_no_quota_is_judged():
    group = {"cgroup": "fs/cgroup/x"}
    rows = found(
        level("use.cgroup.memory.utilization", 1.0, **group),
        level("use.cgroup.memory.saturation", 0.5, **group),
    )
    assert (State.SATURATED, "host.cgroup") == (
        rows["cgroup.memory fs/cgroup/x"].state,
        rows["cgroup.memory fs/cgroup/x"].kind,
    )


def test_what_could_not_be_judged_is_said():
    _, missing = judged([level("use.cpu.utilization", 0.1)], RULES)
    reasons = {row.kind: row.missing for row in missing}
    assert "no control group with a CPU quota or a memory limit has a process here" == reasons["host.cgroup"]
    assert "no signal use.cpu.saturation" == reasons["host.runqueue"]
