"""The records of a baseline: a session is one invocation of a benchmark or one look at a service.

Sessions, not samples, are what is compared (docs/agent-performance/baselines.md). Within perfdiag.session/1
the record only grows.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import log
from typing import overload

import numpy as np
from numpy.typing import NDArray

from perfdiag.model import Labels
from perfdiag.units import Unit

# Bucket i of a histogram holds the values in [GROWTH**i, GROWTH**(i + 1)): read back at its middle, a value
# is at most 0.2 % off. Histograms of any sessions can be merged by adding counts.
GROWTH = 1.004
MOST_SAMPLES = 200  # of a metric, before they are kept as a histogram

Array = NDArray[np.float64]


class Better(StrEnum):
    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"  # told, never judged: a share grows when another shrinks


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What one session measured: `processes` holds the samples of each process (one process: of the
    session); many samples are kept as `histogram` instead, (bucket, count) by rising bucket."""

    name: str
    unit: Unit
    better: Better
    processes: tuple[tuple[float, ...], ...] = ()
    histogram: tuple[tuple[int, int], ...] = ()

    @property
    def count(self) -> int:
        return sum(map(len, self.processes)) + sum(count for _, count in self.histogram)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`started` is ISO 8601 UTC; `order` counts the sessions of a suite as they were saved, whatever the
    clock did; `fingerprint` names what must be equal for two sessions to be comparable."""

    session_id: str
    source: str
    started: str
    fingerprint: Labels
    commit: str
    build: str
    order: int
    metrics: tuple[Metric, ...]


def histogram(samples: Array) -> tuple[tuple[int, int], ...]:
    """Logarithmic buckets of positive samples."""
    buckets, counts = np.unique(np.floor(np.log(samples) / log(GROWTH)).astype(int), return_counts=True)
    return tuple(zip(buckets.tolist(), counts.tolist(), strict=True))


class Spread(Sequence[float]):
    """The samples that a histogram stands for, ascending, without making them: those of a bucket are spread
    evenly over it (on the logarithmic scale)."""

    def __init__(self, buckets: tuple[tuple[int, int], ...]) -> None:
        self._buckets = buckets
        self._ends = list(accumulate(count for _, count in buckets))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, rank: int) -> float: ...
    @overload
    def __getitem__(self, rank: slice) -> "Sequence[float]": ...
    def __getitem__(self, rank: int | slice) -> "float | Sequence[float]":
        if isinstance(rank, slice):
            return [self[index] for index in range(*rank.indices(len(self)))]
        if not 0 <= rank < len(self):
            raise IndexError(rank)
        at = bisect_right(self._ends, rank)
        bucket, count = self._buckets[at]
        within = rank - (self._ends[at] - count)
        return float(GROWTH ** (bucket + (within + 0.5) / count))


def metric(name: str, unit: Unit, better: Better, processes: list[list[float]]) -> Metric:
    """A metric from its raw samples: kept to six digits, or as a histogram when there are many."""
    if sum(map(len, processes)) > MOST_SAMPLES:
        merged = np.concatenate([np.asarray(values, dtype=float) for values in processes])
        if float(merged.min()) > 0:
            return Metric(name=name, unit=unit, better=better, histogram=histogram(merged))
    kept = tuple(tuple(float(f"{value:.6g}") for value in values) for values in processes)
    return Metric(name=name, unit=unit, better=better, processes=kept)


def content_id(content: bytes) -> str:
    """Identity of a session that has none of its own: the same file is the same session."""
    return hashlib.sha256(content).hexdigest()[:16]
