import math

import numpy as np
import pytest

from perfdiag.stats.differences import change, difference


def series(generator, n, mean, likeness=0.3):
    """Blocks of busy time, each like the one before it."""
    noise = np.zeros(n)
    for at in range(n):
        noise[at] = likeness * noise[at - 1] + generator.normal(0, 0.03)
    return mean + noise


def test_a_level_is_told_in_both_ways():
    base, other = np.full(40, 0.1), np.full(40, 0.15)
    found, ratio = difference(base, other, 10.0), change(base, other)
    assert 0.2 == pytest.approx(found.value) == pytest.approx(found.low)
    assert 0.5 == pytest.approx(ratio.value) == pytest.approx(ratio.high)


def test_what_happens_to_both_cancels():
    generator = np.random.default_rng(5)
    host = generator.normal(0, 0.2, 40)
    found = difference(1 + host, 1.1 + host, 10.0)
    assert 0.4 == pytest.approx(found.low) == pytest.approx(found.high)


def test_few_blocks_judge_nothing():
    found = difference(np.ones(7), np.ones(7), 1.0)
    assert (-math.inf, math.inf) == (found.low, found.high)
    assert ("few blocks of time (7)",) == found.caveats


def test_nothing_to_compare_with_has_no_ratio():
    assert None is change(np.zeros(40), np.ones(40))


@pytest.mark.parametrize("likeness", [0.0, 0.5])
def test_the_intervals_hold_the_truth_nineteen_times_in_twenty(likeness):
    generator = np.random.default_rng(11)
    held = {"difference": 0, "change": 0}
    for _ in range(1000):
        base, other = series(generator, 40, 0.1, likeness), series(generator, 40, 0.13, likeness)
        found, ratio = difference(base, other, 10.0), change(base, other)
        held["difference"] += found.low <= 0.12 <= found.high
        held["change"] += ratio.low <= 0.3 <= ratio.high
    assert {True} == {910 <= count <= 985 for count in held.values()}, held
