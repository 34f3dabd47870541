import time

import numpy as np
import pytest
from scipy.signal import lfilter

from perfdiag.stats.shares import FEW_BLOCKS, resample_sums, share, shares


def autoregressive(rng, runs, blocks, lag1):
    """Gaussian series [runs, blocks] with variance 1 and lag-1 correlation `lag1`."""
    noise = rng.normal(size=(runs, blocks + 60))
    return (lfilter([1], [1, -lag1], noise, axis=1) * np.sqrt(1 - lag1**2))[:, 60:]


def program(rng, runs, blocks, lag1):
    """Busy time per block, and the part of it spent in one class: both wander."""
    part = 1 / (1 + np.exp(0.4 - 0.5 * autoregressive(rng, runs, blocks, lag1)))
    whole = 1 + 0.2 * np.tanh(autoregressive(rng, runs, blocks, lag1))
    return part * whole, whole


def coverage(blocks, lag1, runs=1500):
    part, whole = program(np.random.default_rng(7), 400, 4000, lag1)
    truth = part.sum() / whole.sum()
    parts, wholes = program(np.random.default_rng(blocks), runs, blocks, lag1)
    estimates = [share(part, whole) for part, whole in zip(parts, wholes, strict=True)]
    return np.mean([estimate.low <= truth <= estimate.high for estimate in estimates])


@pytest.mark.parametrize("blocks", [20, 40, 80])
@pytest.mark.parametrize("lag1", [0.0, 0.3, 0.5])
def test_the_interval_holds_its_level_on_autocorrelated_series(blocks, lag1):
    assert 0.92 <= coverage(blocks, lag1) <= 0.98


def test_intervals_lie_in_zero_to_one_and_hold_the_value():
    rng = np.random.default_rng(1)
    for blocks in range(2, 30):
        whole = rng.random(blocks) + 0.1
        for estimate in shares(rng.random((20, blocks)) ** 8 * whole, whole):
            assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_the_share_is_a_ratio_of_sums_not_a_mean_of_ratios():
    assert 0.25 == share(np.array([1.0, 0.0]), np.array([1.0, 3.0])).value


def test_one_call_for_many_parts_gives_what_single_calls_give():
    rng = np.random.default_rng(2)
    whole = rng.random(20)
    parts = rng.random((5, 20)) * whole
    for part, together in zip(parts, shares(parts, whole), strict=True):
        alone = share(part, whole)
        assert (alone.low, alone.high) == pytest.approx((together.low, together.high))


def test_autocorrelation_widens_the_interval():
    order = np.random.default_rng(3).permutation(40)
    slow = np.sin(np.arange(40) / 40 * 2 * np.pi) / 4 + 0.5
    wandering, shuffled = share(slow, np.ones(40)), share(slow[order], np.ones(40))
    assert wandering.high - wandering.low > 2 * (shuffled.high - shuffled.low)


def test_few_blocks_give_a_wide_interval_and_say_so():
    few, enough = (share(np.full(n, 0.3), np.ones(n)) for n in (FEW_BLOCKS - 1, FEW_BLOCKS))
    assert ("few blocks of time (7)",) == few.caveats
    assert () == enough.caveats
    assert few.high - few.low > 0.5


def test_one_block_says_nothing_but_its_value():
    estimate = share(np.array([0.3]), np.array([1.0]))
    assert (0.3, 0.0, 1.0) == (estimate.value, estimate.low, estimate.high)


def test_what_was_never_seen_has_an_upper_bound_and_what_always_was_a_lower_one():
    never, always = shares(np.array([np.zeros(20), np.ones(20)]), np.ones(20))
    assert (0.0, pytest.approx(1 - 0.025 ** (1 / 20))) == (never.low, never.high)
    assert (pytest.approx(0.025 ** (1 / 20)), 1.0) == (always.low, always.high)


def test_no_observed_time_is_no_share():
    for whole in (np.zeros(5), np.zeros(0)):
        estimate = share(np.zeros(whole.size), whole)
        assert (0.0, 1.0, 0) == (estimate.low, estimate.high, estimate.n)
        assert ("no time was observed",) == estimate.caveats


def test_resampled_sums_repeat_with_their_seed():
    blocks = np.random.default_rng(4).random((3, 20))
    assert np.array_equal(
        resample_sums(blocks, seed=1, resamples=50), resample_sums(blocks, seed=1, resamples=50)
    )
    assert not np.array_equal(
        resample_sums(blocks, seed=1, resamples=50), resample_sums(blocks, seed=2, resamples=50)
    )


def test_resampled_sums_keep_what_adds_up():
    blocks = np.random.default_rng(5).random((2, 20))
    sums = resample_sums(np.vstack([blocks, blocks.sum(axis=0)]), seed=1, resamples=100)
    assert sums[:, 2] == pytest.approx(sums[:, 0] + sums[:, 1])


@pytest.mark.parametrize("blocks", [20, 40])
@pytest.mark.parametrize("lag1", [0.0, 0.5])
def test_resampled_sums_spread_as_the_sums_of_other_windows_do(blocks, lag1):
    rng = np.random.default_rng(6)
    series = 5 + autoregressive(rng, 400, blocks, lag1)
    truth = series.sum(axis=1).std()
    spread = np.sqrt(resample_sums(series, seed=1, resamples=400).var(axis=0).mean())
    assert 0.75 * truth <= spread <= 1.15 * truth


@pytest.mark.parametrize("blocks", [0, 1, 2, 3])
def test_resampling_of_hardly_any_block_gives_finite_sums(blocks):
    sums = resample_sums(np.ones((2, blocks)), seed=1, resamples=4)
    assert (4, 2) == sums.shape
    assert sums == pytest.approx(float(blocks))


def test_a_report_of_fifty_shares_costs_little():
    rng = np.random.default_rng(8)
    parts, whole = rng.random((50, 40)), np.full(40, 50.0)
    shares(parts, whole)
    start = time.process_time()
    for _ in range(20):
        shares(parts, whole)
    assert (time.process_time() - start) / 20 < 0.01
