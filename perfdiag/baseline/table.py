"""A comparison as a table for the terminal, and as JSON (perfdiag.comparison/1)."""

import json
from collections import Counter
from collections.abc import Sequence
from math import isfinite

from perfdiag.baseline.verdict import Judgement, Verdict
from perfdiag.errors import Exit
from perfdiag.model import Estimate
from perfdiag.units import Unit, human

SCHEMA = "perfdiag.comparison/1"
_ORDER = {verdict: index for index, verdict in enumerate(Verdict)}
_HEAD = (
    "verdict",
    "metric",
    "base",
    "new",
    "change",
    "95 % interval",
    "p",
    "sessions",
    "mode",
    "detects",
    "settled by",
)
_LEFT = {0, 1, 8, 10}


def terminal(judgements: Sequence[Judgement], notes: Sequence[str] = ()) -> str:
    """The worst first; under the table what would settle the undecided, and the counts."""
    ranked = sorted(
        judgements, key=lambda each: (_ORDER[each.verdict], each.suite, each.metric, each.quantile)
    )
    rows = [_HEAD, *map(_row, ranked)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "  ".join(
            cell.ljust(width) if column in _LEFT else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    obstacles = [each for each in ranked if each.reason and (each.change is None or not each.sessions_wanted)]
    reasons = Counter((each.verdict, each.reason) for each in obstacles)
    lines += [f"{verdict} ({count}): {reason}" for (verdict, reason), count in reasons.items()]
    lines += [*notes, summary(judgements)]
    return "\n".join(lines) + "\n"


def summary(judgements: Sequence[Judgement]) -> str:
    counts = Counter(each.verdict for each in judgements)
    told = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    return ", ".join(told) if told else "nothing to compare"


def _row(each: Judgement) -> tuple[str, ...]:
    change = each.change
    return (
        each.verdict,
        each.metric if each.unit is Unit.RATIO else f"{each.metric} p{100 * each.quantile:g}",
        "" if each.base is None else human(each.base, each.unit),
        "" if each.new is None else human(each.new, each.unit),
        "" if change is None else _signed(change.value, each.unit),
        "" if change is None else f"{_signed(change.low, each.unit)} .. {_signed(change.high, each.unit)}",
        "" if each.adjusted_p is None else f"{each.adjusted_p:.2g}",
        f"{each.base_sessions}+{each.new_sessions}",
        each.mode,
        "" if each.detectable is None else _signed(each.detectable, each.unit),
        "" if each.sessions_wanted is None else "{}+{}".format(*each.sessions_wanted[::-1]),
    )


def _signed(change: float, unit: Unit) -> str:
    return f"{100 * change:+.1f} {'pt' if unit is Unit.RATIO else '%'}"


def as_json(judgements: Sequence[Judgement], notes: Sequence[str], code: Exit) -> str:
    counts = Counter(each.verdict for each in judgements)
    document = {
        "schema": SCHEMA,
        "exit": int(code),
        "counts": {verdict.value: counts[verdict] for verdict in Verdict},
        "notes": list(notes),
        "judgements": [_record(each) for each in judgements],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _record(each: Judgement) -> dict[str, object]:
    return {
        "suite": each.suite,
        "metric": each.metric,
        "quantile": each.quantile,
        "unit": each.unit.value,
        "better": each.better.value,
        "verdict": each.verdict.value,
        "mode": each.mode,
        "base": each.base,
        "new": each.new,
        "change": None if each.change is None else _estimate(each.change),
        "adjusted_p": each.adjusted_p,
        "base_sessions": each.base_sessions,
        "new_sessions": each.new_sessions,
        "detectable": _finite(each.detectable),
        "sessions_wanted": None
        if each.sessions_wanted is None
        else {"new": each.sessions_wanted[0], "baseline": each.sessions_wanted[1]},
        "reason": each.reason,
    }


def _estimate(estimate: Estimate) -> dict[str, object]:
    return {
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "confidence": estimate.confidence,
        "n": estimate.n,
        "caveats": list(estimate.caveats),
    }


def _finite(value: float | None) -> float | None:
    """JSON has no infinity; a bound that is not known is null."""
    return value if value is not None and isfinite(value) else None
