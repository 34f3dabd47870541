"""How long an event loop was held up by one callback.

An asyncio loop waits in its selector, then runs what is ready, one callback after the other; while one runs
none of the others can. An *episode* is the time from the first look that finds a callback to the first look
that finds another one, or the selector. Two runs of the same callback with nothing seen in between count as
one, unless each was itself one long wait: an episode is what other callbacks had to wait for, and at most a
tick longer or shorter than that.

Other loops (`own_loops`) are quick: many runs of a callback that computes a little look like one long run of
it, so in an episode of theirs the thread mostly waits.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from perfdiag.attribution.own_loops import OwnLoops
from perfdiag.attribution.waits import callback_frames
from perfdiag.model import OWN_WAITS, Frame, Object, Origin, Stack, TimeClass
from perfdiag.timetable import Episode

EPISODE = 0.05  # seconds; below it a person who waits for an answer does not notice
_MOSTLY = 0.5  # of an episode of a loop that is none of asyncio's, blocked

Lineage = tuple[str, str, int]  # file, function and line of the code that the loop called
Key = tuple[int, int]  # process, tid


def called(stack: Stack, depth: int) -> Frame | None:
    """The outermost user code among the first `depth` frames of a stack, those of the callback; the outermost
    frame where there is none."""
    frames = stack.frames[:depth]
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
    own: bool  # the loop is none of asyncio's
    known: bool  # it was seen to wait
    waited: float = 0.0  # seconds, before `at`
    spent: dict[int, float] = field(default_factory=dict)

    def until(self, at: float) -> dict[int, float]:
        return self.spent | {self.stack: self.spent.get(self.stack, 0.0) + at - self.at}


class Loops:
    """The episodes of all loops; `shortest` in seconds: below it they are forgotten. `serves(process)`:
    whether it has several connections that it has accepted."""

    def __init__(
        self,
        stack: Callable[[int], Stack | None],
        shortest: float,
        serves: Callable[[int], bool] = lambda _: False,
    ) -> None:
        self._stack, self._shortest = stack, shortest
        self._asyncio: dict[int, int] = {}  # stack -> frames of the callback
        self._others = OwnLoops(stack, serves)
        self._current: dict[Key, tuple[str, _Current]] = {}
        self._ended: list[tuple[Episode, _Current]] = []

    def in_callback(self, key: Key, stack: int) -> bool:
        return self._depth(key, stack) > 0 and (self._asyncio[stack] > 0 or self._others.known(key))

    def see(
        self, key: Key, group: str, at: float, stack: int, waits: TimeClass | None, item: Object | None
    ) -> None:
        """A row of a thread: what is on its stack, and what it waits for, None when it runs."""
        self._others.see(key, stack, item if waits is not None else None)
        lineage, own = self._lineage(key, stack)
        _, current = self._current.get(key, ("", None))
        if current is not None:
            long_wait = current.waits and current.stack == stack and at - current.at >= self._shortest
            if lineage != current.lineage or long_wait:
                self.end(key, at)
                current = None
        if lineage is None:
            return
        blocked = waits in OWN_WAITS if own else waits is not None
        if current is None:
            known = self._others.known(key)
            current = _Current(lineage, at, at, stack, waits=blocked, own=own, known=known)
            self._current[key] = (group, current)
            return
        current.waited += (at - current.at) * current.waits
        current.spent = current.until(at)
        current.at, current.stack, current.waits = at, stack, blocked

    def end(self, key: Key, at: float) -> None:
        """The thread left its callback by now, or has ended."""
        group, current = self._current.pop(key, ("", None))
        if current is not None and self._counts(current, at):
            self._ended.append((self._episode(key, group, current, at), current))

    def episodes(self, at: float) -> list[Episode]:
        """Those that have ended, and those that are going on at this time."""
        going_on = [
            (self._episode(key, group, current, at), current)
            for key, (group, current) in self._current.items()
            if self._counts(current, at)
        ]
        found = [*self._ended, *going_on]
        loops = self._others.loops({(one.process, one.tid) for one, how in found if how.own})
        return [one for one, how in found if not how.own or self._is_of((one.process, one.tid), how, loops)]

    def _is_of(self, key: Key, how: _Current, loops: set[Key]) -> bool:
        """What was guessed of a loop that was seen to wait later on is forgotten."""
        return key in loops and how.known == self._others.known(key)

    def _counts(self, current: _Current, at: float) -> bool:
        long, waited = at - current.since, current.waited + (at - current.at) * current.waits
        return long >= self._shortest and (not current.own or waited >= _MOSTLY * long)

    def _episode(self, key: Key, group: str, current: _Current, at: float) -> Episode:
        spent = current.until(at)
        return Episode(
            process=key[0],
            tid=key[1],
            group=group,
            t0=current.since,
            t1=at,
            spent=spent,
            depth={stack: self._depth(key, stack) for stack in spent},
        )

    def _depth(self, key: Key, number: int) -> int:
        """Frames of the callback on a stack; 0: the thread is in none."""
        if number not in self._asyncio:
            stack = self._stack(number)
            self._asyncio[number] = len(callback_frames(stack.frames)) if stack else 0
        return self._asyncio[number] or self._others.depth(key, number)

    def _lineage(self, key: Key, number: int) -> tuple[Lineage | None, bool]:
        """What the loop called, and whether it is none of asyncio's loops."""
        depth, stack = self._depth(key, number), self._stack(number)
        frame = called(stack, depth) if stack and depth else None
        own = not self._asyncio[number]
        return (frame.file, frame.function, frame.line) if frame else None, own
