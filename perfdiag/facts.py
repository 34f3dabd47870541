"""Facts about the host, second by second, and their fold into signals.

A `Level` is a value that holds for an interval (a mean is made of it), `Happened` a number of events, `Share`
a part of a number of things. An analyzer derives them from each interval; `FactFold` does the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from perfdiag.diagnosis import Signal
from perfdiag.model import Estimate, Labels, Snapshot
from perfdiag.readings import Interval, Readings
from perfdiag.stats.counts import Events, Proportion
from perfdiag.stats.means import Mean
from perfdiag.units import Unit

HOST = "host"


class Level(NamedTuple):
    """`value` None: there is such a thing, but a reset hid it. `most` is what it cannot exceed."""

    name: str
    value: float | None
    unit: Unit
    labels: Labels = ()
    most: float = inf
    subject: str = HOST


class Happened(NamedTuple):
    name: str
    growth: float | None
    labels: Labels = ()
    subject: str = HOST


class Share(NamedTuple):
    name: str
    part: float | None
    whole: float | None
    labels: Labels = ()
    subject: str = HOST


Fact = Level | Happened | Share


class _Folded(NamedTuple):
    """The last fact of a series, and the fold of all of them."""

    fact: Fact
    fold: Mean | Events | Proportion

    def estimate(self, window: tuple[float, float]) -> Estimate:
        if isinstance(self.fold, Mean) and isinstance(self.fact, Level):
            return self.fold.estimate(self.fact.unit, window, most=self.fact.most)
        assert not isinstance(self.fold, Mean)
        return self.fold.estimate(window)


@dataclass(frozen=True, slots=True)
class FactFold:
    """The state of an analyzer of facts: the last snapshot, and a fold of constant size for each series."""

    derive: Callable[[Interval], Iterable[Fact]]
    first: float = 0.0
    last: Readings | None = None
    series: Mapping[tuple[str, str, Labels], _Folded] = field(default_factory=dict)

    def take(self, snapshot: Snapshot) -> "FactFold":
        now = Readings.of(snapshot)
        if self.last is None:
            return FactFold(self.derive, now.at, now)
        interval = Interval(self.last, now)
        if interval.seconds <= 0:
            return self
        series = dict(self.series)
        for fact in self.derive(interval):
            key = (fact.name, fact.subject, fact.labels)
            known = series.get(key)
            series[key] = _Folded(fact, _folded(fact, known.fold if known else None, interval.seconds))
        return FactFold(self.derive, self.first, now, series)

    def signals(self) -> tuple[Signal, ...]:
        """One for each series of which something could be measured."""
        return tuple(self._signals())

    def _signals(self) -> Iterator[Signal]:
        window = (self.first, self.last.at if self.last else self.first)
        for (name, subject, labels), folded in self.series.items():
            try:
                estimate = folded.estimate(window)
            except LookupError:
                continue  # every reading was hidden by a reset
            yield Signal(name=name, subject=subject, estimate=estimate, labels=labels)


def _folded(
    fact: Fact, fold: Mean | Events | Proportion | None, seconds: float
) -> Mean | Events | Proportion:
    match fact:
        case Level():
            return (fold if isinstance(fold, Mean) else Mean()).take(fact.value, seconds)
        case Happened():
            return (fold if isinstance(fold, Events) else Events()).take(fact.growth, seconds)
        case Share():
            return (fold if isinstance(fold, Proportion) else Proportion()).take(fact.part, fact.whole)
