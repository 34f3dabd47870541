"""Waits for a child that is looked at itself: what it does is seen there, and is no time of its parent's.

Of a program of several processes, a parent that waits for its child is as idle as a thread that joins its own
helper. A child that nobody looked at is different: the wait is all that is known of what it did.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from perfdiag.model import Slice, TimeClass

_UNSEEN = 0.05  # seconds that a child may have lived before it was found


@dataclass(slots=True)
class _Lives:
    """When a process had children that were looked at: closed intervals, and the present one."""

    alive: int = 0
    since: float = 0.0
    past: list[tuple[float, float]] = field(default_factory=list)


class OwnChildren:
    """Told of the births and ends of threads; `parent` of a process is -1 where nobody looks at it."""

    def __init__(self, parent: Callable[[int], int]) -> None:
        self._parent = parent
        self._threads: dict[int, int] = {}  # process -> threads that live
        self._lives: dict[int, _Lives] = {}

    def born(self, process: int, at: float, *, first: bool) -> None:
        """A thread was seen for the first time; `first`: at the very first tick."""
        self._threads[process] = self._threads.get(process, 0) + 1
        if self._threads[process] > 1:
            return
        lives = self._lives.setdefault(self._parent(process), _Lives())
        lives.alive += 1
        if lives.alive == 1:
            lives.since = at if first else at - _UNSEEN

    def ended(self, process: int, at: float) -> None:
        """A thread has ended."""
        self._threads[process] -= 1
        if self._threads[process]:
            return
        lives = self._lives[self._parent(process)]
        lives.alive -= 1
        if not lives.alive:
            lives.past.append((lives.since, at))

    def told(self, slices: Iterable[Slice]) -> Iterator[Slice]:
        """The slices, waits for children that were looked at being idle time."""
        for part in slices:
            share = self._share(part) if part.time is TimeClass.CHILD else 0.0
            if share:
                yield replace(part, time=TimeClass.IDLE, weight=part.weight * share)
            if share < 1:
                yield replace(part, weight=part.weight * (1 - share)) if share else part

    def _share(self, part: Slice) -> float:
        """The part of its time in which its process had such a child."""
        lives = self._lives.get(part.process)
        if lives is None or part.t1 <= part.t0:
            return 0.0
        covered = max(0.0, part.t1 - max(part.t0, lives.since)) if lives.alive else 0.0
        for start, end in reversed(lives.past):
            if end <= part.t0:
                break
            covered += max(0.0, min(end, part.t1) - max(start, part.t0))
        return min(1.0, covered / (part.t1 - part.t0))
