"""The samples of two snapshots, and what happened between them.

A growth is None where there is none: the counter is new, went back (a reset, another process of the same
number), or grew faster than anything can (a counter that underflowed reads as 2^64 - 1).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from perfdiag.model import Labels, Sample, Snapshot
from perfdiag.stats.rates import delta
from perfdiag.units import Unit

_FASTEST = 1e15  # bytes or events a second
_FASTEST_TIME = 1e6  # seconds a second: the sum over all CPUs or tasks


@dataclass(frozen=True, slots=True)
class Readings:
    """The samples of a snapshot by name."""

    at: float
    samples: dict[str, dict[Labels, Sample]] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Readings":
        found = cls(snapshot.at)
        for sample in snapshot.samples:
            found.samples.setdefault(sample.name, {})[_key(sample.labels)] = sample
        return found

    def sample(self, name: str, key: Labels) -> Sample | None:
        series = self.samples.get(name)
        return None if series is None else series.get(key)

    def value(self, name: str, **labels: str) -> float | None:
        sample = self.sample(name, _key(tuple(labels.items())))
        return None if sample is None else sample.value

    def labels(self, name: str, label: str) -> list[str]:
        """The different values of one label, in the order in which they came."""
        found = (dict(labels).get(label) for labels in self.samples.get(name, ()))
        return list(dict.fromkeys(value for value in found if value is not None))


@dataclass(frozen=True, slots=True)
class Interval:
    """From one snapshot to the next."""

    before: Readings
    after: Readings

    @property
    def seconds(self) -> float:
        return self.after.at - self.before.at

    def growth(self, name: str, **labels: str) -> float | None:
        key = _key(tuple(labels.items()))
        before, after = self.before.sample(name, key), self.after.sample(name, key)
        if before is None or after is None:
            return None
        grown, _ = delta(before.value, after.value)
        fastest = _FASTEST_TIME if after.unit is Unit.SECONDS else _FASTEST
        return grown if grown is not None and grown <= fastest * max(self.seconds, 1e-3) else None

    def rate(self, name: str, **labels: str) -> float | None:
        """Growth per second."""
        grown = self.growth(name, **labels)
        return None if grown is None else grown / self.seconds


def _key(labels: Labels) -> Labels:
    """Labels in an order that does not depend on who wrote them."""
    return labels if len(labels) < 2 else tuple(sorted(labels))


def total(values: Iterable[float | None]) -> float | None:
    """The sum, or None when one is missing or there are none."""
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known) if found and len(known) == len(found) else None
