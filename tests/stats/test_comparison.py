import math

import numpy as np
import pytest
from scipy import special, stats

from perfdiag.stats.comparison import (
    FEW_METRICS_DF,
    NOISE_FLOOR,
    Difference,
    autocorrelation,
    compare,
    fit_prior,
    sessions_needed,
)


def difference(**fields):
    given = {"value": 0.01, "variance": 1e-4, "df": 8.0, "base_sessions": 5, "new_sessions": 1}
    return Difference(**(given | fields))


def test_the_prior_recovers_the_law_that_the_variances_come_from():
    rng = np.random.default_rng(1)
    true_df, true_variance, df = 6.0, 4e-4, 4.0
    variances = true_variance * true_df / rng.chisquare(true_df, 20_000)  # of each metric
    sampled = variances * rng.chisquare(df, 20_000) / df
    prior = fit_prior(sampled, np.full(20_000, df))
    assert true_df == pytest.approx(prior.df, rel=0.1)
    assert true_variance == pytest.approx(prior.variance, rel=0.05)


def test_the_prior_is_the_moment_estimate_of_the_formula():
    variances = np.array([1.0, 3.0, 0.2, 40.0, 0.9, 2.0, 8.0, 0.05]) * 1e-4
    df = np.full(8, 4.0)
    logs = np.log(variances) - special.digamma(2.0) + math.log(2.0)
    excess = np.var(logs, ddof=1) - special.polygamma(1, 2.0)
    prior = fit_prior(variances, df)
    assert excess == pytest.approx(float(special.polygamma(1, prior.df / 2)))
    expected = np.exp(np.mean(logs) + special.digamma(prior.df / 2) - np.log(prior.df / 2))
    assert float(expected) == pytest.approx(prior.variance)


def test_equal_variances_give_a_prior_that_is_certain():
    prior = fit_prior(np.full(20, 1e-4), np.full(20, 4.0))
    assert math.inf == prior.df


def test_few_metrics_share_their_median_and_one_has_nothing_to_share():
    few = fit_prior(np.array([1.0, 2.0, 9.0]), np.full(3, 4.0))
    assert (FEW_METRICS_DF, 2.0) == (few.df, few.variance)
    assert 0.0 == fit_prior(np.array([2.0]), np.array([4.0])).df


def test_variances_of_zero_do_not_break_the_prior():
    prior = fit_prior(np.zeros(10), np.full(10, 4.0))
    assert math.isfinite(prior.variance)


def test_one_metric_is_the_classical_t_test():
    base = np.array([0.1, -0.05, 0.0, -0.1, 0.08])  # negative lag-1 correlation: no inflation
    new = np.array([0.3])
    (found,) = compare([base], [new], np.zeros(1))
    error = base.std(ddof=1) * math.sqrt(1 + 1 / 5)
    assert float(stats.t.sf((0.3 - base.mean()) / error, 4)) == pytest.approx(found.p_above())
    assert 1.0 == pytest.approx(found.p_above() + found.p_below())
    low, high = found.interval(0.95)
    half = stats.t.ppf(0.975, 4) * error
    assert (0.3 - base.mean() - half, 0.3 - base.mean() + half) == pytest.approx((low, high))


def test_no_metric_is_believed_to_be_steadier_than_the_floor_or_than_the_new_session():
    base, new = [np.zeros(5)] * 2, [np.zeros(1)] * 2
    quiet, noisy = compare(base, new, np.array([0.0, 0.03**2]))
    assert NOISE_FLOOR**2 == pytest.approx(quiet.variance)
    assert 0.03**2 == pytest.approx(noisy.variance)


def test_sessions_that_resemble_their_neighbours_count_for_less():
    rng = np.random.default_rng(3)
    drifting = [np.cumsum(rng.normal(size=12)) for _ in range(30)]
    independent = [rng.normal(size=12) for _ in range(30)]
    assert 0.0 == autocorrelation(independent)
    assert 0.3 < autocorrelation(drifting) <= 0.8


def test_moderated_p_values_are_uniform_under_no_change():
    rng = np.random.default_rng(4)
    metrics, sessions = 400, 5
    spreads = 0.02 * np.sqrt(6 / rng.chisquare(6, metrics))
    base = [rng.normal(0, spread, sessions) for spread in spreads]
    new = [rng.normal(0, spread, 1) for spread in spreads]
    found = [each.p_above() for each in compare(base, new, np.zeros(metrics))]
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_the_detectable_change_is_found_with_eighty_percent_power():
    rng = np.random.default_rng(5)
    sigma, runs = 0.01, 4000
    true = difference(variance=sigma**2, df=1e9, base_sessions=5).detectable
    error = sigma * math.sqrt(1 + 1 / 5)
    found = rng.normal(true, error, runs) / error > stats.norm.ppf(0.95)
    assert 0.78 <= found.mean() <= 0.82


def test_a_session_more_than_needed_is_not_asked_for():
    assert (1, 5) == sessions_needed(difference(variance=1e-6), math.log(1.03))


@pytest.mark.parametrize("variance", [2.5e-4, 4e-4])
def test_the_promised_sessions_settle_equivalence_with_the_promised_power(variance):
    rng = np.random.default_rng(6)
    margin, df = math.log(1.03), 20.0
    new, base = sessions_needed(difference(variance=variance, df=df), margin)
    error = math.sqrt(variance * (1 / new + 1 / base))
    estimates = rng.normal(0, error, 4000)
    half = stats.t.ppf(0.95, df) * error
    settled = np.mean(np.abs(estimates) + half < margin)
    assert 0.77 <= settled <= 0.90


def test_a_noisy_baseline_must_grow_itself():
    new, base = sessions_needed(difference(variance=0.01), math.log(1.03))
    assert base > 5
    assert new == base


def test_no_metric_is_no_comparison():
    assert () == compare([], [], np.zeros(0))
