import pytest

from perfdiag.analyzers.rules.host_runqueue import SPEC
from tests.analyzers.rules.levels import diagnosed, judge, level

verdict = judge(SPEC)


@pytest.mark.parametrize(
    ("waits", "half", "used", "expected"),
    [
        (0.1, 0.0, 0.99, []),
        (0.4, 0.05, 0.99, [("", "NOTICE")]),
        (0.4, 0.15, 0.99, []),  # the interval straddles the limit
        (0.7, 0.0, 0.99, [("", "WARNING")]),
        (0.95, 0.0, 0.99, [("", "CRITICAL")]),
        (0.95, 0.0, 0.5, []),  # CPUs are free
    ],
)
def test_waits_count_when_the_cpus_are_full(waits, half, used, expected):
    signals = (level("use.cpu.saturation", waits, half=half), level("use.cpu.utilization", used))
    assert expected == verdict(*signals)


def test_without_utilization_the_waits_alone_are_judged():
    assert [("", "WARNING")] == verdict(level("use.cpu.saturation", 0.7))


def test_what_the_finding_says():
    (draft,) = diagnosed(
        SPEC,
        level("use.cpu.saturation", 0.7, measure="pressure"),
        level("use.cpu.utilization", 0.97),
        level("cpu.runnable", 2.5),
        level("use.io.saturation", 0.02),
    )
    assert "The CPUs are full, and some task is ready but has none for 70 % of the time." == draft.summary
    assert ("host", None, 0.7) == (draft.subject, draft.claim, draft.estimate.value)
    assert ["/proc/pressure/cpu", "/proc/stat", "/proc/stat, procs_running"] == [
        e.source for e in draft.evidence
    ]
    assert ["tasks wait for devices 2 %"] == [one.because for one in draft.against]
    assert {"share_notice": 0.3, "share_warning": 0.6, "share_critical": 0.9} == dict(draft.thresholds)
    assert 75 < draft.score < 100
