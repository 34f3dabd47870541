import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from perfdiag.stats.counts import Events, Proportion
from perfdiag.units import Unit

WINDOW = (100.0, 110.0)


def test_events_in_pieces_are_events_at_once():
    pieces = Events().take(1, 2.0).take(0, 3.0).take(2, 5.0)
    assert Events().take(3, 10.0).estimate(WINDOW) == pieces.estimate(WINDOW)
    assert (0.3, 3, Unit.PER_SECOND, WINDOW) == (
        pieces.estimate(WINDOW).value,
        pieces.estimate(WINDOW).n,
        pieces.estimate(WINDOW).unit,
        pieces.estimate(WINDOW).window,
    )


def test_no_event_is_a_measurement_with_an_upper_bound():
    found = Events().take(0, 10.0).estimate(WINDOW)
    assert (0.0, 0.0) == (found.value, found.low)
    assert 0.3 < found.high < 0.5


def test_a_stretch_that_a_reset_hid_was_not_watched():
    found = Events().take(3, 1.0).take(None, 9.0).estimate(WINDOW)
    assert 3.0 == found.value
    assert ("1 readings left out: a counter was reset",) == found.caveats
    with pytest.raises(LookupError):
        Events().take(None, 1.0).estimate(WINDOW)


def test_a_proportion_has_the_score_interval():
    oracle = stats.binomtest(7, 200).proportion_ci(method="wilson")
    found = Proportion().take(3, 150).take(4, 50).estimate(WINDOW)
    assert pytest.approx((oracle.low, 0.035, oracle.high)) == (found.low, found.value, found.high)
    assert (200, Unit.RATIO) == (found.n, found.unit)


def test_nothing_counted_is_no_proportion():
    for fold in (Proportion(), Proportion().take(0, 0), Proportion().take(None, 5)):
        with pytest.raises(LookupError):
            fold.estimate(WINDOW)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=5))
def test_a_proportion_is_one_even_when_the_counts_are_not_of_one_moment(pairs):
    fold = Proportion()
    for part, whole in pairs:
        fold = fold.take(part, whole)
    if fold.whole:
        found = fold.estimate(WINDOW)
        assert 0 <= found.low <= found.value <= found.high <= 1
