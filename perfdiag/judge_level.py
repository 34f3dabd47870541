"""What rules about levels of the host have in common: a level against three limits, by its lower bound.

They claim no time, and are judged where no process was chosen: what the host does to one process is told by
the kinds that claim its time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Against, Draft, Evidence, Signal
from perfdiag.plugins import Limit
from perfdiag.score import score, severity
from perfdiag.units import Unit, human

_MOST = 1e12


def limit(name: str, default: float, why: str, unit: Unit = Unit.RATIO) -> Limit:
    """A limit of a level."""
    return Limit(name=name, default=default, unit=unit, why=why)


def amount_label(signal: Signal, name: str) -> float:
    """A label that is a number; 0 where there is none, and never more than a person can be told."""
    try:
        return min(float(signal.label(name) or 0), _MOST)
    except ValueError:
        return 0.0


def evidence(name: str, signal: Signal, source: str) -> Evidence:
    """A signal as evidence."""
    found = signal.estimate
    return Evidence(
        name=name, value=found.value, low=found.low, high=found.high, unit=found.unit, source=source
    )


def against(kind: str, signal: Signal | None, words: str) -> tuple[Against, ...]:
    """An alternative with its measured level; nothing where it was not measured."""
    if signal is None:
        return ()
    return (Against(kind=kind, because=f"{words} {human(signal.estimate.value, signal.estimate.unit)}"),)


def level_draft(
    signal: Signal,
    limits: Mapping[str, float],
    *,
    kind: str,
    prefix: str,
    summary: str,
    next_step: str,
    evidence: Iterable[Evidence],
    against: Iterable[Against] = (),
    pattern: str = "",
    model: str = "capacity",
    confidence: float = 1.0,
) -> Draft | None:
    """A draft for a level whose limits are called PREFIX_notice, PREFIX_warning and, where there is one,
    PREFIX_critical; None when its lower bound is under the first."""
    low = signal.estimate.low
    notice, warning = limits[f"{prefix}_notice"], limits[f"{prefix}_warning"]
    found = severity(low, notice, warning, limits.get(f"{prefix}_critical"))
    if found is None:
        return None
    return Draft(
        kind=kind,
        subject=signal.subject,
        summary=summary,
        estimate=replace(signal.estimate, value=min(1.0, signal.estimate.value)),
        claim=None,
        severity=found,
        score=score(low, notice, warning),
        pattern=pattern,
        model=model,
        where=signal.where,
        object=signal.object,
        evidence=tuple(evidence),
        against=tuple(against),
        next=next_step,
        confidence=confidence,
        thresholds=tuple((name, value) for name, value in limits.items() if name.startswith(f"{prefix}_")),
    )
