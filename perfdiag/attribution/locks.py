"""Who stands in the way of a thread that waits for a lock.

CPython's locks do not record their owner. The likely holder is a thread that has, on its stack, a function in
which the lock was seen to be acquired, and that does not wait for it now: it is further on in that function,
inside the `with` block. Two threads that both qualify: the one that does not wait for another lock, then the
one with the lower id.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from perfdiag.model import Frame, Stack, TimeClass


class Seen(NamedTuple):
    """What a thread does in a tick: its class when blocked (None: running), object and stack ids."""

    tid: int
    time: TimeClass | None
    object: int
    stack: int


def _function(frame: Frame) -> tuple[str, int]:
    return frame.file, frame.first_line


class Holders:
    """Remembers in which functions each lock is acquired."""

    def __init__(self, stack: Callable[[int], Stack | None], user: Callable[[int], Frame | None]) -> None:
        self._stack, self._user = stack, user
        self._acquired_in: dict[int, set[tuple[str, int]]] = defaultdict(set)
        self._on_stack: dict[int, frozenset[tuple[str, int]]] = {}

    def waits(self, lock: int, stack: int) -> None:
        """A thread with this stack waits for this lock."""
        frame = self._user(stack)
        if frame is not None:
            self._acquired_in[lock].add(_function(frame))

    def holder(self, lock: int, threads: Iterable[Seen]) -> int:
        """The stack of the likely holder, -1 when no thread qualifies."""
        functions = self._acquired_in.get(lock)
        if not functions:
            return -1
        best, rank = -1, (2, 0)
        for seen in threads:
            waiting = seen.time is TimeClass.LOCK
            if seen.stack < 0 or seen.time is TimeClass.IDLE or (waiting and seen.object == lock):
                continue
            if not functions.isdisjoint(self._functions(seen.stack)):
                candidate = (int(waiting), seen.tid)
                if best < 0 or candidate < rank:
                    best, rank = seen.stack, candidate
        return best

    def _functions(self, number: int) -> frozenset[tuple[str, int]]:
        found = self._on_stack.get(number)
        if found is None:
            stack = self._stack(number)
            found = frozenset(_function(frame) for frame in stack.frames) if stack else frozenset()
            self._on_stack[number] = found
        return found
