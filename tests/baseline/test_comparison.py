from dataclasses import replace
from math import inf

import pytest

from perfdiag.baseline.comparison import HISTORY, SINGLE, compare_suite
from perfdiag.baseline.session import Better, metric
from perfdiag.units import Unit
from tests.baseline.examples import session, sessions


def with_metric(made, *metrics):
    return replace(made, metrics=metrics)


def test_five_sessions_are_a_history_and_four_are_not():
    for count, mode in ((5, HISTORY), (4, SINGLE)):
        rows = compare_suite("s", sessions(range(count)), (session(9),))
        assert {mode} == {row.mode for row in rows}
        assert {count} == {row.difference.base_sessions for row in rows}


def test_the_difference_is_that_of_the_session_medians():
    rows = compare_suite("s", sessions(range(6)), (session(9, slower={"b3": 1.5}),))
    moves = {row.metric: row.difference.value for row in rows}
    assert 0.405 == pytest.approx(moves["b3"], abs=0.02)
    assert 0.0 == pytest.approx(moves["b4"], abs=0.02)


def test_another_fingerprint_is_incomparable_and_says_what_changed():
    other = replace(session(9), fingerprint=(("cpu", "Xeon"), ("kernel", "6.1")))
    rows = compare_suite("s", sessions(range(5)), (other,))
    assert all(row.incomparable and row.difference is None for row in rows)
    assert {"measured differently: cpu was EPYC, is Xeon"} == {row.obstacle for row in rows}


def test_other_units_are_incomparable():
    base = with_metric(session(0), metric("m", Unit.SECONDS, Better.LOWER, [[1.0]]))
    new = with_metric(session(1), metric("m", Unit.BYTES, Better.LOWER, [[1.0]]))
    (row,) = compare_suite("s", (base,), (new,))
    assert (True, None) == (row.incomparable, row.difference)
    assert "the sides measure it in B (lower is better) and s (lower is better)" == row.obstacle


def test_a_metric_of_one_side_only_is_listed():
    base, new = sessions(range(5), metrics=2), (session(9, metrics=3),)
    assert "not measured in the baseline sessions" == compare_suite("s", base, new)[2].obstacle
    assert "not measured in the new sessions" == compare_suite("s", new, base)[2].obstacle


def test_one_value_a_side_says_nothing():
    one = metric("m", Unit.SECONDS, Better.LOWER, [[1.0]])
    two = metric("m", Unit.SECONDS, Better.LOWER, [[2.0]])
    (row,) = compare_suite("s", (with_metric(session(0), one),), (with_metric(session(1), two),))
    assert (None, False) == (row.difference, row.incomparable)
    assert "too few samples in one session a side" == row.obstacle


def test_metrics_that_all_moved_are_the_noise_of_a_single_baseline():
    rows = compare_suite("s", (session(0, noise=0.2),), (session(1, noise=0.2),))
    assert all(row.difference.variance > 0.05**2 for row in rows)
    assert all(row.difference.df == inf for row in rows)


def test_tails_are_compared_where_both_sides_have_the_samples():
    many = metric("m", Unit.SECONDS, Better.LOWER, [[1.0 + i / 1000 for i in range(1000)]])
    few = metric("m", Unit.SECONDS, Better.LOWER, [[1.0 + i / 1000 for i in range(200)]])
    rows = compare_suite("s", (with_metric(session(0), many),), (with_metric(session(1), few),))
    assert [0.5, 0.95] == [row.quantile for row in rows]
