"""Baseline and new sessions, metric by metric: what can be compared, in which mode, and how they differ."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from perfdiag.baseline.session import Better, Metric, Session
from perfdiag.baseline.statistic import Statistic, series
from perfdiag.baseline.store import changes
from perfdiag.stats.comparison import FEW_METRICS, NOISE_FLOOR, Difference, compare
from perfdiag.stats.quantile import QUANTILES
from perfdiag.units import Unit

ENOUGH_SESSIONS = 5  # of a baseline, for its own spread to be the measure of noise

_MAD_TO_SD = 1.4826  # median absolute deviation of the normal law to its standard deviation

HISTORY = "history"
SINGLE = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One quantile of one metric on both sides. `difference` is on the scale of the unit, None where
    nothing can be said; `obstacle` says why. `incomparable`: the sides measure different things."""

    suite: str
    metric: str
    quantile: float
    unit: Unit
    better: Better
    base: tuple[Statistic, ...] = ()
    new: tuple[Statistic, ...] = ()
    mode: str = SINGLE
    difference: Difference | None = None
    obstacle: str = ""
    incomparable: bool = False


def compare_suite(suite: str, base: tuple[Session, ...], new: tuple[Session, ...]) -> tuple[Compared, ...]:
    """Every metric of either side, by name and quantile; both sides have at least one session."""
    machine = base[-1].fingerprint
    foreign = next((each.fingerprint for each in base + new if each.fingerprint != machine), None)
    old_metrics, new_metrics = _metrics(base), _metrics(new)
    rows: list[Compared] = []
    for name in sorted(old_metrics.keys() | new_metrics.keys()):
        old, now = old_metrics.get(name, []), new_metrics.get(name, [])
        one = (old or now)[0]
        row = Compared(suite=suite, metric=name, quantile=0.5, unit=one.unit, better=one.better)
        if foreign is not None:
            obstacle = "measured differently: " + changes(machine, foreign)
            rows.append(replace(row, obstacle=obstacle, incomparable=True))
        else:
            rows.extend(_pair(row, old, now))
    return _with_differences(rows)


def _metrics(sessions: tuple[Session, ...]) -> dict[str, list[Metric]]:
    found: dict[str, list[Metric]] = defaultdict(list)
    for session in sessions:
        for metric in session.metrics:
            found[metric.name].append(metric)
    return found


def _pair(row: Compared, old: list[Metric], now: list[Metric]) -> Iterator[Compared]:
    """The rows of one metric: one for each quantile that both sides can give."""
    kinds = {(metric.unit, metric.better) for metric in old + now}
    if len(kinds) > 1:
        sides = " and ".join(sorted(f"{unit} ({better} is better)" for unit, better in kinds))
        yield replace(row, obstacle=f"the sides measure it in {sides}", incomparable=True)
    elif not old or not now:
        yield replace(row, obstacle=f"not measured in the {'new' if old else 'baseline'} sessions")
    else:
        for q in QUANTILES:
            base, new = series(old, q), series(now, q)
            if base and new:
                mode = HISTORY if len(base) >= ENOUGH_SESSIONS else SINGLE
                yield replace(row, quantile=q, base=base, new=new, mode=mode)


def _with_differences(rows: list[Compared]) -> tuple[Compared, ...]:
    """Metrics of the same unit, quantile and mode learn together how sessions vary."""
    groups: dict[tuple[Unit, float, str, bool], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.base and row.new:
            groups[row.unit, row.quantile, row.mode, len(row.base) == 1].append(index)
    for (_, _, _, alone), indices in groups.items():
        members = [rows[index] for index in indices]
        differences = _from_one_session(members) if alone else _from_sessions(members)
        for index, difference in zip(indices, differences, strict=True):
            obstacle = "" if difference else "too few samples in one session a side"
            rows[index] = replace(rows[index], difference=difference, obstacle=obstacle)
    return tuple(rows)


def _from_sessions(members: list[Compared]) -> Sequence[Difference | None]:
    return compare(
        [_values(row.base) for row in members],
        [_values(row.new) for row in members],
        np.array([_within(row.new) or 0.0 for row in members]),
    )


def _from_one_session(members: list[Compared]) -> Sequence[Difference | None]:
    """A baseline of one session does not know the noise between sessions. What it has is the spread within
    sessions and, from enough metrics, how far they all moved: most metrics of a change move by noise only.
    A metric of which neither side knows its own spread has no difference."""
    moves = [float(_values(row.new).mean() - _values(row.base).mean()) for row in members]
    common = 0.0
    if len(moves) >= FEW_METRICS:
        common = (_MAD_TO_SD * float(np.median(np.abs(moves)))) ** 2 / 2
    differences: list[Difference | None] = []
    for row, move in zip(members, moves, strict=True):
        spreads = (_within(row.base), _within(row.new))
        known = [spread for spread in spreads if spread is not None]
        differences.append(
            None
            if len(known) < len(spreads)
            else Difference(
                value=move,
                variance=max(*known, common, NOISE_FLOOR**2),
                df=inf,
                base_sessions=1,
                new_sessions=len(row.new),
            )
        )
    return differences


def _values(statistics: tuple[Statistic, ...]) -> NDArray[np.float64]:
    return np.array([each.value for each in statistics])


def _within(statistics: tuple[Statistic, ...]) -> float | None:
    """Median variance within the sessions of a side, None when no session knows its own."""
    known = [each.variance for each in statistics if each.variance is not None]
    return float(np.median(known)) if known else None
