"""Verdicts: what the differences mean, over everything that was compared in one run.

- regressed, improved: significant after Benjamini-Hochberg over all metrics and quantiles, in that direction,
  and large enough to matter.
- unchanged: the 90 % interval lies within the equivalence margin (two one-sided tests).
- inconclusive: neither could be shown; says how many sessions would settle it.
- incomparable: the two sides were measured on different machines, or measure different things.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import expm1, log1p

import numpy as np

from perfdiag.baseline.comparison import ENOUGH_SESSIONS, SINGLE, Compared
from perfdiag.baseline.session import Better
from perfdiag.baseline.statistic import Statistic, from_scale
from perfdiag.errors import Exit, worst
from perfdiag.model import Estimate
from perfdiag.stats.comparison import Difference, sessions_needed
from perfdiag.stats.multiplicity import benjamini_hochberg
from perfdiag.units import Unit


class Verdict(StrEnum):
    REGRESSED = "regressed"
    INCOMPARABLE = "incomparable"
    INCONCLUSIVE = "inconclusive"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Effects are ratios (0.02: 2 %), for shares points. `strict` tests against `strict_effect` instead of
    no effect: for gates that must not cry wolf."""

    strict: bool = False
    smallest_effect: float = 0.02
    strict_effect: float = 0.01
    single_effect: float = 0.10  # without a history, nothing smaller is called a regression
    equivalence: float = 0.03
    false_discovery: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`change` is new against base as a ratio - 1 (for shares: in points); `adjusted_p` belongs to the
    direction of the change; `detectable` is the smallest change found with 80 % power; `sessions_wanted`
    are (new, baseline) sessions in all that would settle an inconclusive one."""

    suite: str
    metric: str
    quantile: float
    unit: Unit
    better: Better
    verdict: Verdict
    mode: str
    base_sessions: int
    new_sessions: int
    base: float | None = None
    new: float | None = None
    change: Estimate | None = None
    adjusted_p: float | None = None
    detectable: float | None = None
    sessions_wanted: tuple[int, int] | None = None
    reason: str = ""

    @property
    def exit(self) -> Exit:
        """What this judgement alone asks of a gate; what has no better direction asks nothing."""
        if self.better is Better.NEITHER and self.verdict is not Verdict.INCOMPARABLE:
            return Exit.OK
        return {
            Verdict.REGRESSED: Exit.GATE,
            Verdict.INCOMPARABLE: Exit.UNMEASURED,
            Verdict.INCONCLUSIVE: Exit.INCONCLUSIVE,
        }.get(self.verdict, Exit.OK)


def exit_code(judgements: Sequence[Judgement], *, inconclusive_passes: bool) -> Exit:
    """The exit code of a gate; nothing compared is nothing measured."""
    codes = [judgement.exit for judgement in judgements] or [Exit.UNMEASURED]
    if inconclusive_passes:
        codes = [Exit.OK if code is Exit.INCONCLUSIVE else code for code in codes]
    return worst(*codes)


def judge(rows: Sequence[Compared], policy: Policy) -> tuple[Judgement, ...]:
    """One judgement for each row, in their order."""
    tested = [index for index, row in enumerate(rows) if row.difference is not None]
    slower, faster = np.ones(len(rows)), np.ones(len(rows))
    for index in tested:
        slower[index], faster[index] = _p_values(rows[index], policy)
    slower[tested] = benjamini_hochberg(slower[tested])
    faster[tested] = benjamini_hochberg(faster[tested])
    return tuple(
        _judge(row, float(slower[index]), float(faster[index]), policy) for index, row in enumerate(rows)
    )


def _scaled(effect: float, unit: Unit) -> float:
    """An effect on the scale of the differences."""
    return effect if unit is Unit.RATIO else log1p(effect)


def _relative(difference: float, unit: Unit) -> float:
    return difference if unit is Unit.RATIO else expm1(difference)


def _null_bound(row: Compared, policy: Policy) -> float:
    """The effect that a difference is tested against."""
    return _scaled(policy.strict_effect, row.unit) if policy.strict else 0.0


def _p_values(row: Compared, policy: Policy) -> tuple[float, float]:
    """One-sided p values for worse and for better."""
    assert row.difference is not None
    bound = _null_bound(row, policy)
    above, below = row.difference.p_above(bound), row.difference.p_below(-bound)
    return (below, above) if row.better is Better.HIGHER else (above, below)


def _judge(row: Compared, p_worse: float, p_better: float, policy: Policy) -> Judgement:
    undecided = Judgement(
        suite=row.suite,
        metric=row.metric,
        quantile=row.quantile,
        unit=row.unit,
        better=row.better,
        verdict=Verdict.INCOMPARABLE if row.incomparable else Verdict.INCONCLUSIVE,
        mode=row.mode,
        base_sessions=len(row.base),
        new_sessions=len(row.new),
        base=_typical(row.base, row.unit),
        new=_typical(row.new, row.unit),
        reason=row.obstacle,
    )
    difference = row.difference
    if difference is None:
        wanted = (len(row.new), ENOUGH_SESSIONS) if row.base and row.new else None
        return replace(undecided, sessions_wanted=wanted)
    verdict = _verdict(row, difference, p_worse, p_better, policy)
    bound = _null_bound(row, policy)
    wanted, reason = None, ""
    if verdict is Verdict.INCONCLUSIVE and row.better is Better.NEITHER:
        reason = "told and not judged: neither direction is better"
    elif verdict is Verdict.INCONCLUSIVE:
        wanted = _wanted(row.mode, difference, _scaled(policy.equivalence, row.unit))
        reason = _advice(wanted, difference, policy.equivalence)
    return replace(
        undecided,
        verdict=verdict,
        change=_change(difference, row.unit),
        adjusted_p=p_worse if _worse_by(row, difference) >= 0 else p_better,
        detectable=_relative(max(difference.detectable + bound, _floor(row, policy)), row.unit),
        sessions_wanted=wanted,
        reason=reason,
    )


def _verdict(
    row: Compared, difference: Difference, p_worse: float, p_better: float, policy: Policy
) -> Verdict:
    worse, floor = _worse_by(row, difference), _floor(row, policy)
    if row.better is not Better.NEITHER:
        if worse >= floor and p_worse <= policy.false_discovery:
            return Verdict.REGRESSED
        if -worse >= floor and p_better <= policy.false_discovery:
            return Verdict.IMPROVED
    margin = _scaled(policy.equivalence, row.unit)
    low, high = difference.interval(0.90)
    # the interval from a baseline of one session does not hold the noise between sessions
    if difference.base_sessions > 1 and -margin < low and high < margin:
        return Verdict.UNCHANGED
    return Verdict.INCONCLUSIVE


def _worse_by(row: Compared, difference: Difference) -> float:
    return -difference.value if row.better is Better.HIGHER else difference.value


def _floor(row: Compared, policy: Policy) -> float:
    effect = policy.single_effect if row.mode == SINGLE else policy.smallest_effect
    return _scaled(effect, row.unit)


def _typical(statistics: Sequence[Statistic], unit: Unit) -> float | None:
    if not statistics:
        return None
    return from_scale(float(np.mean([each.value for each in statistics])), unit)


def _change(difference: Difference, unit: Unit) -> Estimate:
    low, high = difference.interval(0.95)
    caveats = ("the noise between sessions is not known",) if difference.base_sessions == 1 else ()
    return Estimate(
        value=_relative(difference.value, unit),
        low=_relative(low, unit),
        high=_relative(high, unit),
        unit=Unit.RATIO,
        n=difference.base_sessions + difference.new_sessions,
        caveats=caveats,
    )


def _wanted(mode: str, difference: Difference, margin: float) -> tuple[int, int]:
    """(new, baseline) sessions in all; always more than there are."""
    if mode == SINGLE:
        return difference.new_sessions, ENOUGH_SESSIONS
    new, base = sessions_needed(difference, margin)
    if base == difference.base_sessions:
        new = max(new, difference.new_sessions + 1)
    return new, base


def _advice(wanted: tuple[int, int], difference: Difference, equivalence: float) -> str:
    new, base = wanted[0] - difference.new_sessions, wanted[1] - difference.base_sessions
    parts = []
    if base > 0:
        parts.append(f"{base} more baseline session{'s' * (base > 1)}")
    if new > 0:
        parts.append(f"{new} more new session{'s' * (new > 1)}")
    return f"{' and '.join(parts)} would settle {100 * equivalence:g} %"
