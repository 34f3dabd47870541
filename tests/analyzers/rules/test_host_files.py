import pytest

from perfdiag.analyzers.rules.host_files import SPEC
from tests.analyzers.rules.levels import judge, level

verdict = judge(SPEC)


@pytest.mark.parametrize(
    ("used", "expected"), [(0.5, []), (0.75, ["NOTICE"]), (0.93, ["WARNING"]), (0.99, ["CRITICAL"])]
)
def test_the_host_runs_out_of_files_near_its_limit(used, expected):
    assert [("", name) for name in expected] == verdict(level("use.files.utilization", used))


def test_nothing_is_said_where_it_was_not_measured():
    assert [] == verdict()
