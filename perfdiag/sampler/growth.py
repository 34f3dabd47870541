"""The parent's sums of what the sampler saw a process grow by, as samples of the snapshots.

With the labels `pid`, `stacks` (ids, one or more that were met between two looks) and `work` ('1': they were
seen to run, '0': they had run): `growth.looks`, how often they were met, `growth.pages` and
`growth.descriptors`, what was added meanwhile for good.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from perfdiag.model import Process, Sample
from perfdiag.samples import counter

_MOST = 128  # sums of a process that are told, those with most looks or growth
_KEPT = 8192  # sums of all; of more than that the smaller half is forgotten

Key = tuple[int, tuple[int, ...], bool]  # process, stacks, seen to run


class Growth:
    """Sums by process and stacks (see sampler.close_up)."""

    def __init__(self) -> None:
        self._sums: dict[Key, tuple[int, int, int]] = {}

    def take(self, rows: Iterable[Sequence[Any]]) -> None:
        """ValueError or TypeError for rows that are none."""
        for process, stacks, work, looks, pages, descriptors in rows:
            key = (process, tuple(stacks), work)
            before = self._sums.get(key, (0, 0, 0))
            self._sums[key] = (before[0] + looks, before[1] + pages, before[2] + descriptors)
        if len(self._sums) > _KEPT:
            self._sums = {key: self._sums[key] for key in self._largest()[: _KEPT // 2]}

    def samples(self, processes: Sequence[Process]) -> Iterable[Sample]:
        told: Counter[int] = Counter()
        for key in self._largest():
            number, stacks, work = key
            told[number] += 1
            if told[number] > _MOST or number >= len(processes):
                continue
            labels = {
                "pid": str(processes[number].pid),
                "stacks": " ".join(map(str, stacks)),
                "work": str(int(work)),
            }
            for name, value in zip(("looks", "pages", "descriptors"), self._sums[key], strict=True):
                yield counter(f"growth.{name}", value, **labels)

    def _largest(self) -> list[Key]:
        """Those with most looks or growth first."""
        return sorted(self._sums, key=lambda key: (-max(self._sums[key]), key))
