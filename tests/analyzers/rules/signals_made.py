"""Signals as the analyzers make them, and what a rule says of them."""

from typing import Any

from perfdiag.diagnosis import Draft, Severity, Signal
from perfdiag.model import Estimate, Object, ObjectType, Place
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit

LOAD = Place(file="/srv/shop/orders.py", function="load", line=88, stack=("/srv/shop/orders.py:88 load",))
PRICE = Place(file="/srv/shop/orders.py", function="price", line=40)
DATABASE = Object(
    id=0,
    type=ObjectType.TCP,
    name="10.0.0.7:5432",
    service="postgresql",
    peer="postgres (pid 812)",
    peer_pid=812,
)
JOURNAL = Object(id=1, type=ObjectType.FILE, name="/var/lib/shop/journal")
LOCK = Object(id=2, type=ObjectType.FUTEX, name="futex 0x10")
CHILD = Object(id=3, type=ObjectType.CHILD, name="git (pid 99)")


def share(
    name: str, value: float, low: float | None = None, high: float | None = None, **more: Any
) -> Signal:
    """A share of busy time; without bounds it is known exactly."""
    low, high = value if low is None else low, value if high is None else high
    estimate = Estimate(value=value, low=low, high=high, unit=Unit.RATIO, n=40)
    return Signal(name=name, subject="process:42", estimate=estimate, **more)


def said(rule: Rule, *signals: Signal, **limits: float) -> list[Draft]:
    """What the rule says of these signals, with its own limits but for those given."""
    defaults = {limit.name: limit.default for limit in rule.limits}
    return list(rule.diagnose(Signals(signals), defaults | limits))


def verdicts(rule: Rule, *signals: Signal, **limits: float) -> list[str]:
    """The severity of each draft, 'inconclusive' where the interval goes below the limit."""
    drafts = said(rule, *signals, **limits)
    return ["inconclusive" if one.severity is Severity.INFO else one.severity.name.lower() for one in drafts]
