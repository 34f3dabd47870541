import math

import numpy as np
import pytest

from perfdiag.baseline.session import Better, Metric, metric
from perfdiag.baseline.statistic import from_scale, series, statistic
from perfdiag.units import Unit

RNG = np.random.default_rng(1)


def times(*processes, unit=Unit.SECONDS):
    return Metric(name="m", unit=unit, better=Better.LOWER, processes=processes)


def test_one_process_gives_the_logarithm_of_its_quantile():
    samples = tuple(RNG.lognormal(-8, 0.1, 200))
    assert math.log(np.quantile(samples, 0.95)) == pytest.approx(statistic(times(samples), 0.95).value)


def test_several_processes_give_the_median_of_their_quantiles():
    processes = ((1.0, 2.0, 3.0), (10.0, 20.0, 30.0), (5.0, 6.0, 7.0))
    assert 6.0 == pytest.approx(from_scale(statistic(times(*processes), 0.5).value, Unit.SECONDS))


def test_shares_are_compared_as_they_are():
    assert 0.0 == statistic(times((0.0,), unit=Unit.RATIO), 0.5).value


def test_a_tail_needs_enough_samples_and_the_median_none():
    few, many = times(tuple(range(1, 100))), times(tuple(range(1, 202)))
    assert statistic(few, 0.95) is None
    assert statistic(many, 0.95) is not None
    assert statistic(many, 0.99) is None
    assert 0.0 == statistic(times((1.0,)), 0.5).value
    assert statistic(times((1.0,) * 300, (1.0,)), 0.95) is None


def test_the_variance_within_is_near_that_of_the_median():
    samples = tuple(np.exp(RNG.normal(0, 0.1, 200)))
    assert math.pi / 2 * 0.1**2 / 200 == pytest.approx(statistic(times(samples), 0.5).variance, rel=0.6)


def test_a_session_of_few_samples_does_not_know_its_variance():
    assert statistic(times((1.0, 1.1, 1.2)), 0.5).variance is None


def test_a_histogram_says_what_its_samples_say():
    samples = RNG.lognormal(-8, 0.1, 3000).tolist()
    kept = metric("m", Unit.SECONDS, Better.LOWER, [samples])
    for q in (0.5, 0.95, 0.99):
        assert math.log(np.quantile(samples, q)) == pytest.approx(statistic(kept, q).value, abs=0.004)


def test_sessions_without_the_quantile_are_left_out_of_its_series():
    few, many = times((1.0,) * 10), times((1.0,) * 200)
    assert (1, 2) == (len(series([few, many], 0.95)), len(series([few, many], 0.5)))
