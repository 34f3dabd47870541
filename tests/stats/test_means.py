import random
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.stats.means import Mean
from perfdiag.units import Unit

WINDOW = (0.0, 10.0)


def mean(values, seconds=None):
    fold = Mean()
    for value, weight in zip(values, seconds or [1.0] * len(values), strict=True):
        fold = fold.take(value, weight)
    return fold


def test_a_value_counts_as_long_as_it_held():
    assert 0.25 == mean([0.0, 1.0], [3.0, 1.0]).estimate(Unit.RATIO, WINDOW).value


def test_the_interval_is_that_of_students_t_when_values_do_not_follow_each_other():
    values = [1.0, 3.0, 1.0, 3.0, 2.0, 2.0, 3.0, 1.0]  # neighbours are unlike: no correction
    found = mean(values).estimate(Unit.COUNT, WINDOW)
    half = 2.364624 * (sum((v - 2) ** 2 for v in values) / 7) ** 0.5 / 8**0.5
    assert pytest.approx((2 - half, 2, 2 + half)) == (found.low, found.value, found.high)
    assert (8, WINDOW, Unit.COUNT) == (found.n, found.window, found.unit)


def test_seconds_that_are_alike_say_less():
    apart = mean([0.0, 1.0] * 10).estimate(Unit.RATIO, WINDOW, most=1.0)
    together = mean([0.0] * 10 + [1.0] * 10).estimate(Unit.RATIO, WINDOW, most=1.0)
    assert apart.value == together.value
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """White noise and a chain in which each value keeps half of the one before, 30 values each."""
    random_ = random.Random(5)
    held = {0.0: 0, 0.5: 0}
    for keeps in held:
        for _ in range(800):
            values, now = [], 0.0
            for _ in range(30):
                now = keeps * now + random_.gauss(0, 1)
                values.append(10 + now)
            found = mean(values).estimate(Unit.COUNT, WINDOW)
            held[keeps] += found.low <= 10 <= found.high
    assert 0.92 <= held[0.0] / 800 <= 0.98
    assert 0.86 <= held[0.5] / 800 <= 0.98


@pytest.mark.parametrize("values", [[0.9], [0.9, 0.9]])
def test_one_or_two_values_judge_nothing(values):
    found = mean(values).estimate(Unit.RATIO, WINDOW, most=1.0)
    assert (0.0, 1.0) == (found.low, found.high)
    assert (f"{len(values)} readings are too few for an interval",) == found.caveats
    assert inf == mean(values).estimate(Unit.COUNT, WINDOW).high


def test_a_value_that_a_reset_hid_is_told_and_not_counted():
    found = mean([1.0, None, 1.0, 1.0]).estimate(Unit.COUNT, WINDOW)
    assert (1.0, 3) == (found.value, found.n)
    assert ("1 readings left out: a counter was reset",) == found.caveats


def test_no_value_is_no_estimate():
    for fold in (Mean(), mean([None, None])):
        with pytest.raises(LookupError):
            fold.estimate(Unit.RATIO, WINDOW)


@given(st.lists(st.tuples(st.one_of(st.none(), st.floats(0, 1)), st.floats(0.001, 10)), max_size=40))
def test_the_estimate_stays_within_what_is_possible(pairs):
    fold = mean([value for value, _ in pairs], [weight for _, weight in pairs])
    if any(value is not None for value, _ in pairs):
        found = fold.estimate(Unit.RATIO, WINDOW, most=1.0)
        assert 0 <= found.low <= found.value <= found.high
        assert pytest.approx(min(1, found.high)) == found.high
