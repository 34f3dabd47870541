"""Signals for the tests of rules about levels of the host."""

from collections.abc import Callable
from typing import Any

from perfdiag.diagnosis import Draft, Signal
from perfdiag.model import Estimate
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit


def level(
    name: str,
    value: float,
    *,
    half: float = 0.0,
    unit: Unit = Unit.RATIO,
    n: int = 60,
    subject: str = "host",
    **labels: str,
) -> Signal:
    """`value` plus or minus `half`."""
    estimate = Estimate(value=value, low=max(0.0, value - half), high=value + half, unit=unit, n=n)
    return Signal(name=name, subject=subject, estimate=estimate, labels=tuple(labels.items()))


def diagnosed(rule: Rule, *signals: Signal, **limits: float) -> list[Draft]:
    defaults = {limit.name: limit.default for limit in rule.limits}
    return list(rule.diagnose(Signals(signals), defaults | limits))


def judge(rule: Rule) -> Callable[..., Any]:
    """`judge(signals...)` -> [(pattern, severity name)]."""
    return lambda *signals, **limits: [
        (draft.pattern, draft.severity.name) for draft in diagnosed(rule, *signals, **limits)
    ]
