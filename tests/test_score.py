from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.diagnosis import Severity
from perfdiag.score import score, severity

LIMITS = st.tuples(st.floats(0, 1e6), st.floats(1e-3, 1e6)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def test_the_limits_are_at_25_and_75():
    assert pytest.approx(25) == score(0.2, 0.2, 0.6)
    assert pytest.approx(75) == score(0.6, 0.2, 0.6)


def test_nothing_measured_scores_nothing():
    assert 0 == score(0, 0.2, 0.6)
    assert 0 == score(-1, 0.2, 0.6)
    assert 0 == score(nan, 0.2, 0.6)


def test_the_scale_ends_at_100():
    assert 100 == score(inf, 0.2, 0.6)


@given(LIMITS, st.floats(0, 1e7), st.floats(0, 1e7))
def test_more_never_scores_less(limits, one, other):
    low, high = sorted((one, other))
    assert 0 <= score(low, *limits) <= score(high, *limits) <= 100


@pytest.mark.parametrize("limits", [(0.5, 0.5), (0.6, 0.5), (-1, 1), (0, inf), (nan, 1)])
def test_limits_in_the_wrong_order_are_refused(limits):
    with pytest.raises(ValueError, match="limits"):
        score(1, *limits)


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (0.09, None),
        (0.1, Severity.NOTICE),
        (0.3, Severity.WARNING),
        (0.69, Severity.WARNING),
        (0.7, Severity.CRITICAL),
        (nan, None),
    ],
)
def test_the_severity_is_that_of_the_highest_limit_reached(bound, expected):
    assert expected == severity(bound, 0.1, 0.3, 0.7)


def test_without_a_critical_limit_warning_is_the_worst():
    assert Severity.WARNING == severity(1e9, 0.1, 0.3)
