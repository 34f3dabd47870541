import pytest

from perfdiag.analyzers.rules.host_memory import SPEC
from perfdiag.diagnosis import Signal
from perfdiag.stats.counts import Events
from tests.analyzers.rules.levels import diagnosed, judge, level

verdict = judge(SPEC)


@pytest.mark.parametrize(
    ("waits", "half", "expected"),
    [
        (0.02, 0.0, []),
        (0.1, 0.01, [("", "NOTICE")]),
        (0.1, 0.05, []),
        (0.3, 0.05, [("", "WARNING")]),
        (0.7, 0.05, [("", "CRITICAL")]),
    ],
)
def test_waits_for_memory(waits, half, expected):
    assert expected == verdict(level("use.memory.saturation", waits, half=half))


def test_memory_that_is_used_is_no_illness():
    assert [] == verdict(level("use.memory.saturation", 0.0), level("use.memory.utilization", 0.99))


@pytest.mark.parametrize(
    ("kills", "seconds", "expected"),
    [(0, 60, []), (1, 600, []), (1, 60, [("killed", "WARNING")]), (1, 10, [("killed", "WARNING")])],
)
def test_a_kill_is_told_while_it_is_in_the_window(kills, seconds, expected):
    estimate = Events(kills, seconds).estimate((0.0, float(seconds)))
    signal = Signal(name="use.memory.errors", subject="host", estimate=estimate)
    assert expected == verdict(level("use.memory.saturation", 0.0), signal)


def test_what_the_finding_says():
    killed, stalled = diagnosed(
        SPEC,
        level("use.memory.saturation", 0.3, measure="reclaim"),
        level("use.memory.errors", 0.05, n=3),
        level("use.swap.utilization", 0.8),
    )
    assert "The kernel killed 3 processes for lack of memory." == killed.summary
    assert stalled.summary.startswith("Some task waits for memory 30 % of the time:")
    assert ["/proc/vmstat, pgscan_direct and pswpin", "/proc/meminfo"] == [e.source for e in stalled.evidence]
