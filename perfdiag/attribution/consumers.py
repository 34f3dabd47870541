"""Who empties the queue that others wait to put something into.

A full queue gives its next item at once, so its consumer is hardly ever seen in `get`: it is the thread at
work in a function that was seen to call `get`; where none was, the one that was at work for most of the time
while somebody waited for room.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import function_key, function_keys, place
from perfdiag.attribution.waits import calls_get
from perfdiag.model import Frame, Origin, Place, Stack

Key = tuple[int, int]  # process, tid


def getter(stack: Stack) -> str:
    """The function of user code that takes something out of a queue on this stack; '' when none does."""
    frame = user_frame(stack.frames) if calls_get(stack.frames) else None
    return function_key(frame) if frame else ""


class Consumers:
    """Remembers which functions take out of queues, and who was at work while a queue was full."""

    def __init__(self, stack: Callable[[int], Stack | None]) -> None:
        self._stack = stack
        self._getter: dict[int, str] = {}  # of each stack
        self._getters: set[str] = set()
        self._functions: dict[int, set[str]] = {}  # of the stacks that were asked for
        self._at_work: dict[Key, int] = defaultdict(int)

    def see(self, stack: int) -> None:
        """Somebody's stack, in whatever state."""
        if stack not in self._getter:
            known = self._stack(stack)
            self._getter[stack] = getter(known) if known else ""
            self._getters |= {self._getter[stack]} - {""}

    def in_getter(self, stack: int) -> bool:
        """Whether this stack is in a function that takes out of queues, and does not do so now."""
        return not self._getter.get(stack) and self._calls_getter(stack)

    def _calls_getter(self, stack: int) -> bool:
        if stack not in self._functions:
            known = self._stack(stack)
            self._functions[stack] = function_keys(known) if known else set()
        return not self._functions[stack].isdisjoint(self._getters)

    def has_user_code(self, stack: int) -> bool:
        """Whether this stack runs code of the program's own."""
        known = self._stack(stack)
        return known is not None and any(frame.origin is Origin.USER for frame in known.frames)

    def consumer(self, at_work: Iterable[tuple[Key, int]]) -> int:
        """The stack of the likely consumer among the threads (key, stack) that are at work; -1: none is."""
        best, rank = -1, (False, 0, (0, 0))
        for key, stack in at_work:
            self._at_work[key] += 1
            candidate = (self._calls_getter(stack), self._at_work[key], (-key[0], -key[1]))
            if best < 0 or candidate > rank:
                best, rank = stack, candidate
        return best


def draining_place(consumers: Sequence[tuple[Stack, float]], stacks: Iterable[Stack]) -> Place | None:
    """Where the consumers stand, in the function that takes out of the queue: one of those that were seen to
    do so on any of the `stacks`, else the outermost function of user code."""
    getters = {getter(stack) for stack in stacks} - {""}
    weight: dict[tuple[str, int], float] = defaultdict(float)
    found: dict[tuple[str, int], Place] = {}
    for stack, seconds in consumers:
        frame = _draining_frame(stack, getters)
        if frame is not None:
            key = (function_key(frame), frame.line)
            weight[key] += seconds
            found.setdefault(key, place(frame, stack))
    best = max(weight, key=lambda key: (weight[key], key), default=None)
    return found[best] if best else None


def _draining_frame(stack: Stack, getters: set[str]) -> Frame | None:
    user = [frame for frame in stack.frames if frame.origin is Origin.USER]
    known = next((frame for frame in user if function_key(frame) in getters), None)
    outermost = [frame for frame in user if frame.function != "<module>"] or user
    return known or (outermost[-1] if outermost else user_frame(stack.frames))
