import pytest

from perfdiag.analyzers.rules.host_cgroup import SPEC
from perfdiag.units import Unit
from tests.analyzers.rules.levels import diagnosed, judge, level

verdict = judge(SPEC)
GROUP = "fs/cgroup/web.service"


@pytest.mark.parametrize(
    ("stopped", "expected"),
    [(0.05, []), (0.15, ["NOTICE"]), (0.5, ["WARNING"]), (0.95, ["CRITICAL"])],
)
def test_a_group_is_at_its_quota_when_many_periods_stop_it(stopped, expected):
    found = verdict(level("use.cgroup.cpu.saturation", stopped, cgroup=GROUP))
    assert [("throttled", name) for name in expected] == found


def test_an_interval_that_straddles_the_limit_is_no_finding():
    assert [] == verdict(level("use.cgroup.cpu.saturation", 0.15, half=0.1, cgroup=GROUP))


def test_memory_that_stalls_or_kills_is_told_of_its_group():
    stalled = level("use.cgroup.memory.saturation", 0.3, cgroup=GROUP)
    killed = level("use.cgroup.memory.errors", 0.2, unit=Unit.PER_SECOND, n=2, cgroup=GROUP)
    assert [("memory", "WARNING"), ("killed", "WARNING")] == verdict(stalled, killed)
    assert f"killed 2 processes of {GROUP}" in diagnosed(SPEC, killed)[0].summary


def test_each_group_is_judged_by_itself():
    drafts = diagnosed(
        SPEC,
        level("use.cgroup.cpu.saturation", 0.5, cgroup=GROUP),
        level("use.cgroup.cpu.saturation", 0.0, cgroup="fs/cgroup/calm.service"),
        level("use.cgroup.cpu.utilization", 1.0, cgroup=GROUP),
    )
    assert [f"The CPU quota stops {GROUP} in 50 % of its periods."] == [draft.summary for draft in drafts]
    assert 2 == len(drafts[0].evidence)
