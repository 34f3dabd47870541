"""scipy is the oracle."""

import math

import pytest
from scipy import special, stats

from perfdiag.stats.special import digamma, inverse_trigamma, normal_ppf, t_cdf, t_ppf, t_sf, trigamma

ARGUMENTS = (1e-3, 0.1, 0.5, 1.0, 2.5, 9.99, 10.0, 30.0, 1e4)
DEGREES = (1.0, 2.0, 3.5, 9.0, 30.0, 109.0, 199.9, 200.1, 1e4, 1e7, math.inf)


@pytest.mark.parametrize("x", ARGUMENTS)
def test_digamma_and_trigamma_agree_with_scipy(x):
    assert float(special.digamma(x)) == pytest.approx(digamma(x), rel=1e-12)
    assert float(special.polygamma(1, x)) == pytest.approx(trigamma(x), rel=1e-12)


@pytest.mark.parametrize("x", ARGUMENTS)
def test_inverse_trigamma_undoes_trigamma(x):
    assert x == pytest.approx(inverse_trigamma(trigamma(x)), rel=1e-12)


@pytest.mark.parametrize("df", DEGREES)
def test_the_tail_of_t_agrees_with_scipy(df):
    for t in (-40.0, -3.0, -0.1, 0.0, 0.1, 1.0, 2.0, 5.0, 30.0):
        assert float(stats.t.sf(t, df)) == pytest.approx(t_sf(t, df), rel=1e-8)
        assert float(stats.t.cdf(t, df)) == pytest.approx(t_cdf(t, df), rel=1e-8)


@pytest.mark.parametrize("df", DEGREES)
def test_quantiles_of_t_agree_with_scipy(df):
    for p in (1e-12, 1e-4, 0.025, 0.3, 0.6, 0.975, 0.9999):
        assert float(stats.t.ppf(p, df)) == pytest.approx(t_ppf(p, df), rel=1e-8)


def test_the_ends_of_the_law_are_infinite():
    assert (0.0, 1.0) == (t_sf(math.inf, 3.0), t_sf(-math.inf, 3.0))
    assert (-math.inf, math.inf) == (t_ppf(0.0, 3.0), t_ppf(1.0, 3.0))
    assert 0.0 == pytest.approx(t_ppf(0.5, 3.0), abs=1e-12)


def test_the_normal_quantile_agrees_with_scipy():
    assert float(stats.norm.ppf(0.975)) == pytest.approx(normal_ppf(0.975), rel=1e-10)


def test_arguments_outside_the_domain_are_refused():
    for function in (digamma, trigamma, inverse_trigamma):
        with pytest.raises(ValueError, match="> 0"):
            function(0.0)
    with pytest.raises(ValueError, match="0 <= p <= 1"):
        t_ppf(1.5, 3.0)
