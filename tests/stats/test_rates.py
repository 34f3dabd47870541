import math

import pytest
from scipy import stats

from perfdiag.stats.rates import delta, event_rate, rate


def test_a_counter_that_grows_has_a_rate():
    assert (5.0, "") == rate(10, 20, 2.0)


def test_a_counter_that_stands_still_has_the_rate_zero():
    assert (0.0, "") == rate(10, 10, 2.0)


def test_a_counter_that_went_back_has_no_rate():
    assert (None, "the counter went back from 20 to 10: it was reset") == rate(20, 10, 2.0)
    assert delta(20, 10)[0] is None


def test_no_time_between_readings_is_no_rate():
    for seconds in (0.0, -1.0, math.nan):
        assert rate(1, 2, seconds)[0] is None


def test_a_reading_that_is_no_number_gives_no_rate():
    assert (None, "the counter is not a finite number") == rate(math.nan, 10, 1.0)


def test_the_interval_of_an_event_rate_is_near_the_exact_poisson_one():
    estimate, reason = event_rate(100, 125, (10.0, 15.0))
    assert "" == reason
    assert (5.0, 25, (10.0, 15.0)) == (estimate.value, estimate.n, estimate.window)
    assert float(stats.chi2.ppf(0.025, 50) / 2 / 5) == pytest.approx(estimate.low, rel=0.07)
    assert float(stats.chi2.ppf(0.975, 52) / 2 / 5) == pytest.approx(estimate.high, rel=0.07)


def test_no_event_still_bounds_the_rate_from_above():
    estimate, _ = event_rate(7, 7, (0.0, 10.0))
    assert 0.0 == estimate.low == estimate.value
    assert 0.3 < estimate.high < 0.5


def test_a_reset_gives_no_event_rate():
    estimate, reason = event_rate(7, 3, (0.0, 10.0))
    assert estimate is None
    assert "reset" in reason
