"""The newest snapshot of the ring as Prometheus metrics.

`cpu.time` in seconds, a counter, becomes `perfdiag_cpu_time_seconds_total`. What comes from outside can only
become a label value, and only within a budget: series beyond it are counted in
`perfdiag_series_dropped`, never sent.
"""

import re
from collections.abc import Iterable, Iterator

from prometheus_client.metrics_core import Metric

from perfdiag.daemon.ring_tables import Episode
from perfdiag.diagnosis import Severity
from perfdiag.model import Kind, Sample
from perfdiag.text import printable
from perfdiag.units import Unit

SERIES_LIMIT = 2000
FAMILY_LIMIT = 400
_LABEL_LIMIT = 128  # characters
_SUFFIXES = {
    Unit.SECONDS: "seconds",
    Unit.BYTES: "bytes",
    Unit.RATIO: "ratio",
    Unit.HERTZ: "hertz",
    Unit.PER_SECOND: "per_second",
    Unit.BYTES_PER_SECOND: "bytes_per_second",
    Unit.COUNT: "",
}

_IN = {unit: f", in {words.replace('_', ' ')}" if words else "" for unit, words in _SUFFIXES.items()}


def metric_name(name: str, unit: Unit) -> str:
    """The family name of a sample, without the `_total` of counters."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]
    suffix = _SUFFIXES[unit].split("_") if _SUFFIXES[unit] else []
    if suffix and words[-len(suffix) :] != suffix:
        words += suffix
    if words[-1:] == ["total"]:
        words.pop()
    return "_".join(["perfdiag", *words])


def label_name(name: str) -> str:
    """A valid label name; ours always are, a plug-in's may not be."""
    clean = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    return clean if clean and not clean[0].isdigit() and not clean.startswith("__") else f"l_{clean}"


class Families:
    """Metric families within the budget, without two equal series."""

    def __init__(self) -> None:
        self._families: dict[str, Metric] = {}
        self._seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        self.dropped = 0

    def add(self, name: str, kind: Kind, text: str, labels: Iterable[tuple[str, str]], value: float) -> None:
        """One series; `text` is the HELP of its family, taken from the first."""
        family = self._families.get(name)
        if family is None:
            family = self._families[name] = Metric(name, text, kind.value)
        clean = tuple((label_name(key), printable(item, _LABEL_LIMIT)) for key, item in labels)
        known = (name, tuple(sorted(clean))) in self._seen
        full = len(self._seen) >= SERIES_LIMIT or len(family.samples) >= FAMILY_LIMIT
        if known or full or family.type != kind.value:
            self.dropped += 1
            return
        self._seen.add((name, tuple(sorted(clean))))
        family.add_sample(name + ("_total" if kind is Kind.COUNTER else ""), dict(clean), value)

    def add_samples(self, samples: Iterable[Sample], texts: dict[str, str]) -> None:
        """Samples of a snapshot; `texts` has the HELP of names, others get one made of name and unit."""
        for sample in samples:
            text = texts.get(sample.name) or f"{sample.name} as the collectors read it{_IN[sample.unit]}."
            self.add(metric_name(sample.name, sample.unit), sample.kind, text, sample.labels, sample.value)

    def add_findings(self, episodes: Iterable[Episode]) -> None:
        """How many findings hold now, by kind and severity."""
        counts: dict[tuple[str, str], int] = {}
        for episode in episodes:
            key = (episode.kind, Severity(episode.severity).name.lower())
            counts[key] = counts.get(key, 0) + 1
        for (kind, severity), number in sorted(counts.items()):
            labels = (("kind", kind), ("severity", severity))
            self.add("perfdiag_findings", Kind.GAUGE, "Findings that hold now.", labels, number)

    def collect(self) -> Iterator[Metric]:
        """As prometheus_client wants it; each family at once, in the order in which they came."""
        text = "Series that were not sent because the budget was spent or they were there twice."
        yield from self._families.values()
        dropped = Metric("perfdiag_series_dropped", text, "gauge")
        dropped.add_sample("perfdiag_series_dropped", {}, self.dropped)
        yield dropped
