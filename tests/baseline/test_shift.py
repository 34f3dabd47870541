import pytest

from perfdiag.baseline.comparison import compare_suite
from perfdiag.baseline.gate import judge_suites
from perfdiag.baseline.shift import common_shift
from perfdiag.baseline.verdict import Policy
from tests.baseline.examples import session, sessions

ALL_SLOWER = {f"b{index}": 1.05 for index in range(10)}


def shift(new, **options):
    return common_shift(compare_suite("s", sessions(range(8), **options), (new,)))


def test_a_shift_of_all_metrics_is_told_once_with_its_size():
    assert 0.049 == pytest.approx(shift(session(9, slower=ALL_SLOWER)), abs=0.01)
    _, notes = judge_suites({"s": sessions(range(8))}, {"s": (session(9, slower=ALL_SLOWER),)}, Policy())
    (note,) = notes
    assert note.startswith("s: all metrics moved together by +")


def test_one_slow_metric_is_no_common_shift():
    assert shift(session(9, slower={"b3": 2.0})) is None


def test_unchanged_sessions_share_no_shift():
    assert [None] * 20 == [shift(session(number)) for number in range(50, 70)]


def test_a_few_metrics_or_a_short_history_tell_nothing_of_the_machine():
    assert shift(session(9, metrics=4, slower=ALL_SLOWER), metrics=4) is None
    single = compare_suite("s", sessions(range(3)), (session(9, slower=ALL_SLOWER),))
    assert common_shift(single) is None
