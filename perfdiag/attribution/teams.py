"""Waits of a thread for a team of native threads of its own: a parallel operation forks, and joins.

A call into C code that divides its work among native threads (OpenMP, a BLAS, a pool of Rust) waits at its
end for the slowest of them. That is a join of one's own threads: it takes the class of what they do in that
time, and stays at the line that called. Where they queue for CPUs, so does the caller. Nobody is seen to hold
what it waits for; a wait behind another thread of Python is one for a lock.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfdiag.model import Slice, TimeClass

_WORK = frozenset(
    {TimeClass.NATIVE, TimeClass.KERNEL, TimeClass.RUNQUEUE, TimeClass.THROTTLED, TimeClass.FAULT}
)

_CALLS = frozenset({TimeClass.NATIVE, TimeClass.RUNQUEUE})  # of a caller that works beside its team
_LOOKS = 0.025  # seconds between two looks at a thread that moves
_DENSE = 0.2  # seconds of work in a second of such time; less is a thread that now and then wakes
_CALLED = 0.5  # of the team's time, for which its caller must be seen in C code


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

    @property
    def counted(self) -> float:
        """Seconds in which somebody was at work."""
        return sum(self.ends) - sum(self.starts)

    @property
    def dense(self) -> bool:
        """Whether there was enough work in the time that counts as work."""
        return sum(self.seconds.values()) >= _DENSE * self.counted


def joined(slices: Sequence[Slice], native: Iterable[tuple[int, int]]) -> Iterator[Slice]:
    """The slices; of a wait for a lock that nobody was seen to hold the part in which `native` threads
    (process, tid) of the process were at work is split by what they did. Their work has the stack of who is
    in C code for most of it."""
    members = frozenset(native)
    teams = _work(slices, members)
    shares = [_share(part, teams.get(part.process)) for part in slices]
    callers = _callers(teams, slices, members)
    for part, share in zip(slices, shares, strict=True):
        of_team = part.time in _WORK and (part.process, part.tid) in members
        if share > 0:
            yield from _split(part, share, teams[part.process].seconds)
        elif of_team and part.stack < 0:
            yield replace(part, stack=callers.get(part.process, -1))
        else:
            yield part


def _callers(
    teams: Mapping[int, _Work], slices: Iterable[Slice], members: Container[tuple[int, int]]
) -> dict[int, int]:
    """By process, the stack of a thread of Python that is in C code, or waits there, for most of the team's
    work."""
    seconds: dict[int, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for part in slices:
        team = teams.get(part.process)
        calls = part.time in _CALLS and part.stack >= 0 and (part.process, part.tid) not in members
        if team and (calls or _alone(part)):
            seconds[part.process][part.stack] += part.weight * team.covered(part.t0, part.t1)
    return {
        process: max(found, key=lambda stack: (found[stack], -stack))
        for process, found in seconds.items()
        if sum(found.values()) >= _CALLED * teams[process].counted
    }


def _alone(part: Slice) -> bool:
    """Whether it is a wait for a lock that nobody was seen to hold."""
    return part.time is TimeClass.LOCK and part.other < 0 <= part.stack


def _share(part: Slice, team: _Work | None) -> float:
    """The part of a wait behind nobody in which the team was at work."""
    return team.covered(part.t0, part.t1) if team and _alone(part) else 0.0


def _split(part: Slice, share: float, seconds: Mapping[TimeClass, float]) -> Iterator[Slice]:
    if share < 1:
        yield replace(part, weight=part.weight * (1 - share))
    total = sum(seconds.values())
    for time, weight in seconds.items():
        yield replace(part, time=time, object=-1, weight=part.weight * share * weight / total)


def _work(slices: Iterable[Slice], native: frozenset[tuple[int, int]]) -> dict[int, _Work]:
    """By process. Of two looks in quick succession all of the time between counts, of others the end."""
    found: dict[int, _Work] = {}
    parts = [part for part in slices if (part.process, part.tid) in native and part.time in _WORK]
    for start, part in sorted(((_begun(part), part) for part in parts), key=lambda one: one[0]):
        team = found.setdefault(part.process, _Work())
        team.seconds[part.time] += part.weight
        team.add(start, part.t1)
    return {process: team for process, team in found.items() if team.dense}


def _begun(part: Slice) -> float:
    return part.t0 if part.t1 - part.t0 <= _LOOKS else max(part.t0, part.t1 - part.weight)
