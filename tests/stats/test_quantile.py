import math

import numpy as np
import pytest
from scipy import stats

from perfdiag.stats.quantile import QUANTILES, enough, interpolated, interval_ranks, quantile
from perfdiag.units import Unit


@pytest.mark.parametrize("n", [6, 25, 200, 3000])
@pytest.mark.parametrize("q", QUANTILES)
def test_the_ranks_are_the_innermost_that_hold_the_level(n, q):
    low, high = interval_ranks(n, q, 0.95)
    below = stats.binom(n, q)  # how many samples lie below the quantile
    if low is not None:
        assert below.cdf(low) <= 0.025 < below.cdf(low + 1)
    else:
        assert below.cdf(0) > 0.025
    if high is not None:
        assert below.sf(high) <= 0.025 + 1e-12
        assert below.sf(high - 1) > 0.025
    else:
        assert below.sf(n - 1) > 0.025


def test_ranks_of_many_samples_agree_with_the_exact_ones_within_two():
    low, high = interval_ranks(30_000, 0.99, 0.95)
    below = stats.binom(30_000, 0.99)
    assert float(below.ppf(0.025)) == pytest.approx(low, abs=2)
    assert float(below.ppf(0.975)) == pytest.approx(high, abs=2)


@pytest.mark.parametrize("q", [0.5, 0.95])
def test_the_interval_holds_the_true_quantile(q):
    rng = np.random.default_rng(1)
    truth = float(stats.lognorm(0.5).ppf(q))
    estimates = [quantile(rng.lognormal(0, 0.5, 400), q, unit=Unit.SECONDS) for _ in range(1000)]
    assert 0.94 <= np.mean([each.low <= truth <= each.high for each in estimates]) <= 0.98


def test_a_quantile_with_too_few_samples_above_it_is_refused():
    estimate = quantile(np.arange(1.0, 1000.0), 0.99, unit=Unit.SECONDS)
    assert math.inf == estimate.high
    assert ("p99 needs 1000 samples, has 999",) == estimate.caveats
    assert () == quantile(np.arange(1000.0), 0.99, unit=Unit.SECONDS).caveats


def test_enough_is_not_spoilt_by_rounding():
    assert [True, True, False] == [enough(1000, 0.99), enough(10_000, 0.999), enough(9_999, 0.999)]


def test_no_samples_bound_nothing():
    estimate = quantile(np.zeros(0), 0.5, unit=Unit.SECONDS)
    assert (-math.inf, math.inf, ("no samples",)) == (estimate.low, estimate.high, estimate.caveats)


def test_interpolation_agrees_with_numpy():
    ordered = np.sort(np.random.default_rng(2).random(37))
    for q in (0.0, 0.1, 0.5, 0.95, 1.0):
        assert float(np.quantile(ordered, q)) == pytest.approx(interpolated(ordered, q))
