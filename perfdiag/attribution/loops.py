"""How long an event loop was held up by one callback.

An asyncio loop waits in its selector, then runs what is ready, one callback after the other; while one runs
none of the others can. An *episode* is the time from the first look that finds a callback to the first look
that finds another one, or the selector. Two runs of the same callback with nothing seen in between count as
one, unless each was itself one long wait: an episode is what other callbacks had to wait for, and at most a
tick longer or shorter than that.

A loop of one's own, or of a library, is known by its structure: a thread that comes back again and again to
wait, at the shallowest stack at which it does, for several connections that it has accepted. What it calls
from there is a callback. Such a loop is quick: runs of a short callback look like one long run of it, so an
episode of it is a single long wait and nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from perfdiag.attribution.waits import callback_frames, in_asyncio
from perfdiag.model import OWN_WAITS, SERVING, Frame, Object, Origin, Stack, TimeClass
from perfdiag.timetable import Episode

EPISODE = 0.05  # seconds; below it a person who waits for an answer does not notice
_RETURNS = 5  # times that a thread was seen to wait for its connections: then it is a loop
_HELPER = 1  # frames of a function of the loop that only waits

Lineage = tuple[str, str, int]  # file, function and line of the code that the loop called
Key = tuple[int, int]  # process, tid
Chain = tuple[tuple[str, int], ...]  # functions (file, first line) from the root


def called(stack: Stack, depth: int) -> Frame | None:
    """The outermost user code among the first `depth` frames of a stack, those of the callback; the outermost
    frame where there is none."""
    frames = stack.frames[:depth]
    outermost = next((frame for frame in reversed(frames) if frame.origin is Origin.USER), None)
    return outermost or (frames[-1] if frames else None)


def _chain(frames: Sequence[Frame]) -> Chain:
    return tuple((frame.file, frame.first_line) for frame in reversed(frames))


def _leaf(stack: Stack) -> int:
    """Frames of the standard library at the leaf."""
    return next((n for n, frame in enumerate(stack.frames) if frame.origin is not Origin.STDLIB), 0)


def _beyond(home: Chain, stack: Stack) -> int:
    """How many frames of a stack are no part of the loop with this home, or the function of the loop in which
    the thread is; 0 when it is in none: the loop has ended."""
    chain = _chain(stack.frames)
    common = 0
    for one, other in zip(home, chain, strict=False):
        if one != other:
            break
        common += 1
    if not common or common < len(home) - _HELPER:
        return 0
    return max(len(chain) - common, _leaf(stack) + 1)


@dataclass(slots=True)
class _Current:
    """The callback that a loop was last seen in."""

    lineage: Lineage
    since: float
    at: float
    stack: int
    waits: bool  # blocked since `at`, in one call
    own: bool  # the loop is none of asyncio's
    spent: dict[int, float] = field(default_factory=dict)

    def until(self, at: float) -> dict[int, float]:
        return self.spent | {self.stack: self.spent.get(self.stack, 0.0) + at - self.at}


class Loops:
    """The episodes of all loops; `shortest` in seconds: below it they are forgotten."""

    def __init__(self, stack: Callable[[int], Stack | None], shortest: float) -> None:
        self._stack, self._shortest = stack, shortest
        self._asyncio: dict[int, int] = {}  # stack -> frames of the callback
        self._depths: dict[tuple[Chain, int], int] = {}  # the same for other loops, by their homes
        self._homes: dict[Key, Chain] = {}
        self._returns: dict[Key, int] = {}
        self._current: dict[Key, tuple[str, _Current]] = {}
        self._ended: list[tuple[Episode, bool]] = []

    def in_callback(self, key: Key, stack: int) -> bool:
        return self._depth(key, stack) > 0

    def see(
        self, key: Key, group: str, at: float, stack: int, waits: TimeClass | None, item: Object | None
    ) -> None:
        """A row of a thread: what is on its stack, and what it waits for, None when it runs."""
        if waits is not None and item is not None and item.name == SERVING:
            self._returned(key, stack)
        lineage, own = self._lineage(key, stack)
        _, current = self._current.get(key, ("", None))
        if current is not None:
            long_wait = current.waits and current.stack == stack and at - current.at >= self._shortest
            if lineage != current.lineage or long_wait or current.own:
                self.end(key, at)
                current = None
        if lineage is None or (own and waits not in OWN_WAITS):
            return
        if current is None:
            current = _Current(lineage, since=at, at=at, stack=stack, waits=waits is not None, own=own)
            self._current[key] = (group, current)
            return
        current.spent = current.until(at)
        current.at, current.stack, current.waits = at, stack, waits is not None

    def end(self, key: Key, at: float) -> None:
        """The thread left its callback by now, or has ended."""
        group, current = self._current.pop(key, ("", None))
        if current is not None and at - current.since >= self._shortest:
            self._ended.append((self._episode(key, group, current, at), current.own))

    def episodes(self, at: float) -> list[Episode]:
        """Those that have ended, and those that are going on at this time."""
        going_on = [
            (self._episode(key, group, current, at), current.own)
            for key, (group, current) in self._current.items()
            if at - current.since >= self._shortest
        ]
        return [
            one
            for one, own in [*self._ended, *going_on]
            if not own or self._returns.get((one.process, one.tid), 0) >= _RETURNS
        ]

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

    def _returned(self, key: Key, number: int) -> None:
        """The thread waits for its connections, at this stack."""
        stack = self._stack(number)
        if stack is None or in_asyncio(stack.frames):
            return
        home, known = _chain(stack.frames[_leaf(stack) :]), self._homes.get(key)
        if known is None or len(home) < len(known):
            self._homes[key], self._returns[key] = home, 0
        self._returns[key] += home == self._homes[key]

    def _depth(self, key: Key, number: int) -> int:
        """Frames of the callback on a stack; 0: the thread is in none."""
        if number not in self._asyncio:
            stack = self._stack(number)
            self._asyncio[number] = len(callback_frames(stack.frames)) if stack else 0
        depth, home = self._asyncio[number], self._homes.get(key)
        if depth or home is None:
            return depth
        if (home, number) not in self._depths:
            stack = self._stack(number)
            self._depths[home, number] = _beyond(home, stack) if stack else 0
        return self._depths[home, number]

    def _lineage(self, key: Key, number: int) -> tuple[Lineage | None, bool]:
        """What the loop called, and whether it is none of asyncio's loops."""
        depth, stack = self._depth(key, number), self._stack(number)
        frame = called(stack, depth) if stack and depth else None
        own = not self._asyncio.get(number)
        return (frame.file, frame.function, frame.line) if frame else None, own
