from dataclasses import replace

import numpy as np
import pytest

from perfdiag.baseline.comparison import compare_suite
from perfdiag.baseline.session import Better, metric
from perfdiag.baseline.verdict import Policy, Verdict, exit_code, judge
from perfdiag.errors import Exit
from perfdiag.units import Unit
from tests.baseline.examples import session, sessions


def verdicts(base, new, **policy):
    return {each.metric: each for each in judge(compare_suite("s", base, new), Policy(**policy))}


def shares(number, value, better):
    rng = np.random.default_rng(number)
    shown = metric("m", Unit.RATIO, better, [[value + rng.normal(0, 0.001)]])
    return replace(session(number), metrics=(shown,))


def test_a_slowdown_of_five_percent_is_found_and_nothing_else():
    found = verdicts(sessions(range(6)), (session(9, slower={"b3": 1.05}),))
    assert Verdict.REGRESSED == found["b3"].verdict
    assert 0.05 == pytest.approx(found["b3"].change.value, abs=0.01)
    assert found["b3"].adjusted_p < 0.01
    assert {Verdict.UNCHANGED} == {each.verdict for name, each in found.items() if name != "b3"}
    assert Exit.GATE == exit_code(list(found.values()), inconclusive_passes=False)


def test_a_speedup_is_an_improvement_and_passes():
    found = verdicts(sessions(range(6)), (session(9, slower={"b3": 0.9}),))
    assert Verdict.IMPROVED == found["b3"].verdict
    assert Exit.OK == exit_code(list(found.values()), inconclusive_passes=False)


def test_where_higher_is_better_less_is_a_regression():
    def throughput(made):
        return replace(made, metrics=tuple(replace(each, better=Better.HIGHER) for each in made.metrics))

    base = tuple(map(throughput, sessions(range(6))))
    found = verdicts(base, (throughput(session(9, slower={"b3": 0.9, "b4": 1.1})),))
    assert (Verdict.REGRESSED, Verdict.IMPROVED) == (found["b3"].verdict, found["b4"].verdict)


def test_an_effect_below_two_percent_is_no_regression_however_certain():
    found = verdicts(sessions(range(10), noise=0.0), (session(19, noise=0.0, slower={"b3": 1.015}),))
    assert found["b3"].adjusted_p < 0.01
    assert Verdict.UNCHANGED == found["b3"].verdict


def test_strict_wants_certainty_of_more_than_one_percent():
    base, new = sessions(range(6), noise=0.01), (session(9, noise=0.01, slower={"b3": 1.025}),)
    usual, strict = verdicts(base, new)["b3"], verdicts(base, new, strict=True)["b3"]
    assert (Verdict.REGRESSED, Verdict.INCONCLUSIVE) == (usual.verdict, strict.verdict)
    assert usual.detectable < strict.detectable


def test_noise_gives_inconclusive_and_says_what_would_settle_it():
    found = verdicts(sessions(range(6), noise=0.05), (session(9, noise=0.05),))
    undecided = found["b3"]
    assert Verdict.INCONCLUSIVE == undecided.verdict
    new, base = undecided.sessions_wanted
    assert new > 1
    assert base > 6
    assert f"{base - 6} more baseline sessions and {new - 1} more new sessions would settle 3 %" == (
        undecided.reason
    )
    assert undecided.detectable > 0.05
    assert Exit.INCONCLUSIVE == exit_code([undecided], inconclusive_passes=False)
    assert Exit.OK == exit_code([undecided], inconclusive_passes=True)


def test_a_single_baseline_calls_nothing_below_ten_percent_and_nothing_unchanged():
    found = verdicts((session(0),), (session(9, slower={"b3": 1.08, "b4": 1.3}),))
    assert (Verdict.INCONCLUSIVE, Verdict.REGRESSED) == (found["b3"].verdict, found["b4"].verdict)
    assert {Verdict.INCONCLUSIVE} == {each.verdict for name, each in found.items() if name != "b4"}
    assert "4 more baseline sessions would settle 3 %" == found["b3"].reason
    assert ("the noise between sessions is not known",) == found["b3"].change.caveats


def test_three_baseline_sessions_can_show_that_nothing_changed():
    found = verdicts(sessions(range(3)), (session(9, slower={"b3": 1.08}),))
    assert Verdict.UNCHANGED == found["b5"].verdict
    assert Verdict.INCONCLUSIVE == found["b3"].verdict


def test_a_share_of_waiting_is_judged_in_points():
    base = tuple(shares(number, 0.10, Better.LOWER) for number in range(6))
    assert Verdict.REGRESSED == verdicts(base, (shares(9, 0.20, Better.LOWER),))["m"].verdict
    assert Verdict.UNCHANGED == verdicts(base, (shares(9, 0.11, Better.LOWER),))["m"].verdict


def test_what_has_no_better_direction_is_told_and_never_fails():
    base = tuple(shares(number, 0.10, Better.NEITHER) for number in range(6))
    moved = verdicts(base, (shares(9, 0.50, Better.NEITHER),))["m"]
    assert 0.4 == pytest.approx(moved.change.value, abs=0.01)
    assert (Verdict.INCONCLUSIVE, None) == (moved.verdict, moved.sessions_wanted)
    assert "told and not judged: neither direction is better" == moved.reason
    assert Exit.OK == moved.exit


def test_incomparable_wins_over_a_regression():
    base = sessions(range(6))
    rows = compare_suite("s", base, (session(9, slower={"b3": 1.5}),))
    other = compare_suite("t", base, (replace(session(9), fingerprint=()),))
    judgements = judge(rows + other, Policy())
    assert Exit.UNMEASURED == exit_code(judgements, inconclusive_passes=True)


def test_nothing_compared_is_nothing_measured():
    assert Exit.UNMEASURED == exit_code([], inconclusive_passes=True)


def test_p_values_are_adjusted_for_everything_compared():
    rows = compare_suite("s", sessions(range(6), metrics=100), (session(9, metrics=100),))
    raw = [min(row.difference.p_above(), row.difference.p_below()) for row in rows]
    adjusted = [each.adjusted_p for each in judge(rows, Policy())]
    assert all(before <= after for before, after in zip(raw, adjusted, strict=True))
    assert min(raw) < 0.05 < min(adjusted)


def test_one_value_a_side_is_inconclusive_however_far_apart():
    one, two = (shares(number, 0.1 * number, Better.LOWER) for number in (1, 5))
    found = verdicts((one,), (two,))["m"]
    assert (Verdict.INCONCLUSIVE, (1, 5)) == (found.verdict, found.sessions_wanted)
    assert "too few samples in one session a side" == found.reason
