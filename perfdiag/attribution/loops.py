"""How long an event loop was held up by one callback.

An asyncio loop waits in its selector, then runs what is ready, one callback after the other; while one runs
none of the others can. An *episode* is the time from the first look that finds a callback to the first look
that finds another one, or the selector. Two runs of the same callback with nothing seen in between count as
one, unless each was itself one long wait: an episode is what other callbacks had to wait for, and at most a
tick longer or shorter than that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from perfdiag.attribution.waits import callback_frames
from perfdiag.model import Frame, Origin, Stack
from perfdiag.timetable import Episode

EPISODE = 0.05  # seconds; below it a person who waits for an answer does not notice

Lineage = tuple[str, str, int]  # file, function and line of the code that the loop called
Key = tuple[int, int]  # process, tid


def called(stack: Stack) -> Frame | None:
    """The outermost user code of the callback on a stack, the outermost frame where there is none."""
    frames = callback_frames(stack.frames)
    outermost = next((frame for frame in reversed(frames) if frame.origin is Origin.USER), None)
    return outermost or (frames[-1] if frames else None)


@dataclass(slots=True)
class _Current:
    """The callback that a loop was last seen in."""

    lineage: Lineage
    since: float
    at: float
    stack: int
    waits: bool  # blocked since `at`, in one call
    spent: dict[int, float] = field(default_factory=dict)

    def until(self, at: float) -> dict[int, float]:
        return self.spent | {self.stack: self.spent.get(self.stack, 0.0) + at - self.at}


class Loops:
    """The episodes of all loops; `shortest` in seconds: below it they are forgotten."""

    def __init__(self, stack: Callable[[int], Stack | None], shortest: float) -> None:
        self._stack, self._shortest = stack, shortest
        self._lineages: dict[int, Lineage | None] = {}
        self._current: dict[Key, tuple[str, _Current]] = {}
        self._ended: list[Episode] = []

    def in_callback(self, stack: int) -> bool:
        return self._lineage(stack) is not None

    def see(self, key: Key, group: str, at: float, stack: int, *, blocked: bool) -> None:
        """A row of a thread: what is on its stack, and whether it is blocked."""
        lineage = self._lineage(stack)
        _, current = self._current.get(key, ("", None))
        if current is not None:
            long_wait = current.waits and current.stack == stack and at - current.at >= self._shortest
            if lineage != current.lineage or long_wait:
                self.end(key, at)
                current = None
        if lineage is None:
            return
        if current is None:
            current = _Current(lineage, since=at, at=at, stack=stack, waits=blocked)
            self._current[key] = (group, current)
            return
        current.spent = current.until(at)
        current.at, current.stack, current.waits = at, stack, blocked

    def end(self, key: Key, at: float) -> None:
        """The thread left its callback by now, or has ended."""
        group, current = self._current.pop(key, ("", None))
        if current is not None and at - current.since >= self._shortest:
            self._ended.append(self._episode(key, group, current, at))

    def episodes(self, at: float) -> list[Episode]:
        """Those that have ended, and those that are going on at this time."""
        going_on = (
            self._episode(key, group, current, at)
            for key, (group, current) in self._current.items()
            if at - current.since >= self._shortest
        )
        return [*self._ended, *going_on]

    def _episode(self, key: Key, group: str, current: _Current, at: float) -> Episode:
        return Episode(
            process=key[0], tid=key[1], group=group, t0=current.since, t1=at, spent=current.until(at)
        )

    def _lineage(self, stack: int) -> Lineage | None:
        if stack not in self._lineages:
            known = self._stack(stack)
            frame = called(known) if known else None
            self._lineages[stack] = (frame.file, frame.function, frame.line) if frame else None
        return self._lineages[stack]
