"""Who stands in the way of a thread that waits for a lock.

CPython's locks do not record their owner. The likely holder is a thread that has, on its stack, a function in
which the lock was seen to be acquired, and that does not wait for it now: it is further on in that function,
inside the `with` block. Two threads that both qualify: the one that does not wait for another lock, then the
one with the lower id. Where each thread has a lock of its own, on which it waits for its work, none has
another one's: who was seen to wait on that line for other locks, and never for this one, does not have it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from perfdiag.attribution.groups import user_frame
from perfdiag.model import Frame, Origin, Stack, TimeClass


class Seen(NamedTuple):
    """What a thread does in a tick: its class when blocked (None: running), object and stack ids."""

    tid: int
    time: TimeClass | None
    object: int
    stack: int


# user code that only takes the lock for its caller
_TAKERS = {"__enter__", "acquire", "_acquire"}

Function = tuple[str, int]  # file, first line


def _function(frame: Frame) -> Function:
    return frame.file, frame.first_line


def acquiring_frame(frames: tuple[Frame, ...]) -> Frame | None:
    """The frame of user code that holds the lock once it has it: no wrapper's `acquire` or `__enter__`, and
    no generator that contextlib runs, but the code in whose `with` they stand."""
    for number, frame in enumerate(frames):
        if frame.origin is not Origin.USER or frame.function.rpartition(".")[2] in _TAKERS:
            continue
        caller = frames[number + 1] if number + 1 < len(frames) else None
        if caller is None or not caller.file.endswith("/contextlib.py"):
            return frame
    return user_frame(frames)


def candidates(threads: Iterable[Seen]) -> list[Seen]:
    """Those among whom the likely holder of any lock is: of threads that are alike the one with the lowest
    id, and the lowest that waits for another object than that one does."""
    first: dict[tuple[int, bool, bool], Seen] = {}
    second: dict[tuple[int, bool, bool], Seen] = {}
    for seen in sorted(threads, key=lambda seen: seen.tid):
        if seen.stack < 0 or seen.time is TimeClass.IDLE:
            continue
        alike = (seen.stack, seen.time is None, seen.time is TimeClass.LOCK)
        if seen.object != first.setdefault(alike, seen).object:
            second.setdefault(alike, seen)
    return [*first.values(), *second.values()]


class Holders:
    """Remembers in which functions each lock is acquired."""

    def __init__(self, stack: Callable[[int], Stack | None]) -> None:
        self._stack = stack
        self._acquired_in: dict[int, dict[Function, set[int]]] = defaultdict(dict)  # function -> lines
        self._on_stack: dict[int, tuple[tuple[Function, int], ...]] = {}
        self._known: dict[int, frozenset[Function]] = {}  # stack -> its functions
        self._waited: dict[int, dict[tuple[Function, int], set[int]]] = {}  # thread -> line -> locks

    def waits(self, lock: int, stack: int, tid: int = 0) -> None:
        """A thread with this stack waits for this lock. `tid` 0: for the lock of its function, if several
        have one each."""
        known = self._stack(stack)
        frame = acquiring_frame(known.frames) if known else None
        if frame is None:
            return
        function = _function(frame)
        self._acquired_in[lock].setdefault(function, set()).add(frame.line)
        if tid:
            lines = self._waited.setdefault(tid, {})
            lines.setdefault((function, frame.line), set()).add(lock)

    def holder(self, lock: int, threads: Iterable[Seen]) -> Seen | None:
        """The likely holder, of these `candidates`; None when none qualifies."""
        functions = self._acquired_in.get(lock)
        if not functions:
            return None
        best: Seen | None = None
        rank = (2, 0)
        for seen in threads:
            waiting = seen.time is TimeClass.LOCK
            candidate = (int(waiting), seen.tid)
            if candidate >= rank or (waiting and seen.object == lock):
                continue
            if functions.keys().isdisjoint(self._functions(seen.stack)):
                continue
            has_it = self.past(lock, seen) if waiting else self._inside(seen, functions)
            if has_it and not self._has_another(lock, seen.tid, functions):
                best, rank = seen, candidate
        return best

    def _has_another(self, lock: int, tid: int, functions: Mapping[Function, set[int]]) -> bool:
        """Whether a thread has waited where this lock is waited for, but only for others."""
        waited = self._waited.get(tid)
        if not waited or any(lock in found for found in waited.values()):
            return False
        return any((function, line) in waited for function, lines in functions.items() for line in lines)

    def past(self, lock: int, seen: Seen) -> bool:
        """Whether a thread stands on a later line of a function than one on which the lock is acquired: it
        may have it, while those that wait on one and the same line need not have anything."""
        functions = self._acquired_in.get(lock, {})
        return any(
            line > min(functions[function])
            for function, line in self._frames(seen.stack)
            if function in functions
        )

    def _inside(self, seen: Seen, functions: Mapping[Function, set[int]]) -> bool:
        """Whether a thread is in a function that acquires the lock, and further on than where it does so: one
        that runs on that very line may be about to."""
        for number, (function, line) in enumerate(self._frames(seen.stack)):
            if function in functions:
                return not (seen.time is None and number == 0 and line in functions[function])
        return False

    def _functions(self, number: int) -> frozenset[Function]:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = frozenset(function for function, _ in self._frames(number))
        return found

    def _frames(self, number: int) -> tuple[tuple[Function, int], ...]:
        """The functions of a stack with the lines in them, leaf first."""
        frames = self._on_stack.get(number)
        if frames is None:
            stack = self._stack(number)
            frames = tuple((_function(frame), frame.line) for frame in stack.frames) if stack else ()
            self._on_stack[number] = frames
        return frames
