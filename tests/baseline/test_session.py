import numpy as np
import pytest

from perfdiag.baseline.session import GROWTH, MOST_SAMPLES, Better, Spread, content_id, histogram, metric
from perfdiag.stats.quantile import interpolated
from perfdiag.units import Unit

SAMPLES = np.random.default_rng(1).lognormal(-8, 0.3, 5000)


@pytest.mark.parametrize("q", [0.01, 0.5, 0.95, 0.99])
def test_a_histogram_keeps_quantiles_within_half_a_percent(q):
    spread = Spread(histogram(SAMPLES))
    assert SAMPLES.size == len(spread)
    assert float(np.quantile(SAMPLES, q)) == pytest.approx(interpolated(spread, q), rel=0.005)


def test_the_samples_of_a_histogram_rise_and_stay_in_their_buckets():
    spread = Spread(((-3, 2), (5, 1)))
    assert sorted(spread) == list(spread)
    assert GROWTH**-3 <= spread[0] < spread[1] < GROWTH**-2
    assert GROWTH**5 <= spread[2] < GROWTH**6
    assert [spread[2]] == spread[2:]
    with pytest.raises(IndexError):
        spread[3]


def test_histograms_merge_by_adding_counts():
    merged = dict(histogram(SAMPLES[:2000]))
    for bucket, count in histogram(SAMPLES[2000:]):
        merged[bucket] = merged.get(bucket, 0) + count
    assert histogram(SAMPLES) == tuple(sorted(merged.items()))


def test_a_histogram_of_a_billion_samples_costs_nothing():
    assert len(Spread(((0, 10**9),))) == 10**9


def test_many_samples_become_a_histogram_and_few_stay_as_they_are():
    many = metric("m", Unit.SECONDS, Better.LOWER, [SAMPLES.tolist()])
    few = metric("m", Unit.SECONDS, Better.LOWER, [[1.23456789e-5] * MOST_SAMPLES])
    assert ((), 5000) == (many.processes, many.count)
    assert ((), MOST_SAMPLES) == (few.histogram, few.count)
    assert 1.23457e-5 == few.processes[0][0]


def test_the_same_content_is_the_same_session():
    assert content_id(b"a") == content_id(b"a") != content_id(b"b")
