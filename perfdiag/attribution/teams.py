"""Waits of a thread for a team of native threads of its own: a parallel operation forks, and joins.

A call into C code that divides its work among native threads (OpenMP, a BLAS, a pool of Rust) waits at its
end for the slowest of them. That is a join of one's own threads: it takes the class of what they do in that
time, and stays at the line that called. Where they queue for CPUs, so does the caller. Nobody is seen to hold
what it waits for; a wait behind another thread of Python is one for a lock.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from perfdiag.model import Slice, TimeClass

_WORK = frozenset(
    {TimeClass.NATIVE, TimeClass.KERNEL, TimeClass.RUNQUEUE, TimeClass.THROTTLED, TimeClass.FAULT}
)


@dataclass(slots=True)
class _Work:
    """What the native threads of a process did: seconds by class, and when any of them was at it (merged
    intervals, ascending)."""

    seconds: defaultdict[TimeClass, float] = field(default_factory=lambda: defaultdict(float))
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def add(self, t0: float, t1: float) -> None:
        """Intervals come in the order of their beginning."""
        if self.ends and t0 <= self.ends[-1]:
            self.ends[-1] = max(self.ends[-1], t1)
        else:
            self.starts.append(t0)
            self.ends.append(t1)

    def covered(self, t0: float, t1: float) -> float:
        """The part of t0..t1 in which somebody was at work."""
        if t1 <= t0:
            return 0.0
        total = 0.0
        for number in range(bisect_right(self.ends, t0), bisect_right(self.starts, t1)):
            total += max(0.0, min(t1, self.ends[number]) - max(t0, self.starts[number]))
        return total / (t1 - t0)


def joined(slices: Sequence[Slice], native: Iterable[tuple[int, int]]) -> Iterator[Slice]:
    """The slices; of a wait for a lock that nobody was seen to hold the part in which `native` threads
    (process, tid) of the process were at work is split by what they did."""
    teams = _work(slices, frozenset(native))
    for part in slices:
        team = teams.get(part.process)
        alone = part.time is TimeClass.LOCK and part.other < 0 <= part.stack
        share = team.covered(part.t0, part.t1) if team and alone else 0.0
        if team is None or share <= 0:
            yield part
            continue
        if share < 1:
            yield replace(part, weight=part.weight * (1 - share))
        total = sum(team.seconds.values())
        for time, seconds in team.seconds.items():
            yield replace(part, time=time, object=-1, weight=part.weight * share * seconds / total)


def _work(slices: Iterable[Slice], native: frozenset[tuple[int, int]]) -> dict[int, _Work]:
    """By process. A slice says how long, between two looks: it is taken to be the end of that time."""
    found: dict[int, _Work] = {}
    parts = [part for part in slices if (part.process, part.tid) in native and part.time in _WORK]
    for part in sorted(parts, key=lambda part: max(part.t0, part.t1 - part.weight)):
        team = found.setdefault(part.process, _Work())
        team.seconds[part.time] += part.weight
        team.add(max(part.t0, part.t1 - part.weight), part.t1)
    return found
