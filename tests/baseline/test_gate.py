import pytest

from perfdiag.baseline.gate import judge_suites
from perfdiag.baseline.verdict import Policy, Verdict
from perfdiag.errors import TargetError, UsageError
from tests.baseline.examples import session, sessions

POLICY = Policy()


def test_every_suite_is_judged_together():
    judgements, notes = judge_suites(
        {"a": sessions(range(6)), "b": sessions(range(6)), "c": sessions(range(1))},
        {"a": (session(9),), "b": (session(8, slower={"b2": 1.2}),)},
        POLICY,
    )
    assert 20 == len(judgements)
    regressed = [(each.suite, each.metric) for each in judgements if each.verdict is Verdict.REGRESSED]
    assert [("b", "b2")] == regressed
    assert ("c: not measured on the new side",) == notes


def test_a_new_session_is_not_judged_by_itself():
    judgements, notes = judge_suites({"a": sessions(range(6))}, {"a": (session(3),)}, POLICY)
    assert {5} == {each.base_sessions for each in judgements}
    assert ("a: 1 of the new sessions were left out of the baseline",) == notes


def test_the_same_sessions_on_both_sides_prove_nothing():
    with pytest.raises(UsageError) as caught:
        judge_suites({"a": sessions(range(6))}, {"a": sessions(range(6))}, POLICY)
    assert "both sides are the same sessions" == caught.value.cause


def test_a_suite_without_baseline_is_an_error_not_a_pass():
    for base, new in (
        ({}, {"a": (session(0),)}),
        ({"a": ()}, {"a": (session(0),)}),
        ({"a": sessions(range(2))}, {}),
    ):
        with pytest.raises(UsageError, match="nothing to compare"):
            judge_suites(base, new, POLICY)


def test_no_common_metric_is_an_error_not_a_pass():
    other = session(9, metrics=1)
    renamed = type(other)(**{f: getattr(other, f) for f in other.__slots__} | {"metrics": ()})
    with pytest.raises(TargetError, match="no metric in common"):
        judge_suites({"a": sessions(range(6))}, {"a": (renamed,)}, POLICY)
