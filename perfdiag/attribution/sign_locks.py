"""Waits that look like those for a lock, and are for work.

A queue that is C code (`queue.SimpleQueue`) waits on a lock, and so does a worker whose only sign that there
is something to do is a lock that another thread gives back. Those that wait are woken by threads that never
wait for it themselves, one for each thing to do; a lock that one of another kind gives back is had by all of
them one after the other. And who waits for a lock behind one that waits for work, as prefork workers do that
take turns in `accept`, has nothing to do either.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from perfdiag.attribution.alike import Alike
from perfdiag.attribution.locks import acquiring_frame
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.turn_place import Place
from perfdiag.attribution.waking import Key
from perfdiag.model import Stack, TimeClass

_ALL = 0.9  # of those that wait
_SEVERAL = 1.5  # mean of those that wait

Lock = tuple[int, int]  # process, object
Function = tuple[str, int]  # file, first line


class SignLocks:
    """`threads` are all threads alive; `held(process, lock)` tells whether somebody was seen to have it."""

    def __init__(
        self,
        stack: Callable[[int], Stack | None],
        threads: Mapping[Key, ThreadTime],
        held: Callable[[int, int], bool],
    ) -> None:
        self._alike = Alike(stack)
        self._stack, self._threads, self._held = stack, threads, held
        self._places: dict[Lock, Place] = defaultdict(Place)
        self._waiting: dict[Lock, set[Key]] = defaultdict(set)
        self._at: dict[Key, Lock] = {}
        self._woken: dict[Lock, set[Key]] = defaultdict(set)
        self._ran: set[Key] = set()  # since the last tick
        self._functions: dict[int, dict[Function, int]] = {}  # stack -> its functions, and the lines in them
        self._acquired: dict[int, tuple[Function, int] | None] = {}  # stack -> where it acquires the lock
        self._behind: dict[int, bool] = {}  # stack -> whether one rests where it waits, at this tick

    def see(self, key: Key, thread: ThreadTime) -> None:
        """A row of a thread: what it does now."""
        self.forget(key)
        self._ran.add(key)
        if thread.blocked is TimeClass.LOCK and thread.object >= 0 and thread.grouped:
            lock = (key[0], thread.object)
            self._at[key] = lock
            self._waiting[lock].add(key)
            self._places[lock].waits(key, thread.stack)

    def forget(self, key: Key) -> None:
        """The thread has run, or has ended: it waits no more."""
        lock = self._at.pop(key, None)
        if lock is not None:
            self._waiting[lock].discard(key)
            self._woken[lock].add(key)

    def tick(self, at: float) -> None:
        """A tick, after its rows."""
        ran = [(key, self._threads[key]) for key in self._ran if key in self._threads]
        for lock in dict.fromkeys((*self._at.values(), *self._woken)):
            place, waiting = self._places[lock], self._waiting[lock]
            place.count_woken(at, lock[0], self._woken[lock], ran, self._alike)
            if waiting:
                place.keep(self._threads.keys())
                place.count(at, 0, 0, waiting=len(waiting), held=False)
        self._ran.clear()
        self._woken.clear()
        self._behind.clear()

    def for_work(self) -> Iterator[tuple[ThreadTime, bool]]:
        """Those that wait, each with whether it is for work."""
        for lock in dict.fromkeys(self._at.values()):
            queue = self._is_queue(self._places[lock])
            for key in self._waiting[lock]:
                thread = self._threads[key]
                if thread.stack not in self._behind:
                    self._behind[thread.stack] = self._behind_one_that_rests(thread.stack)
                yield thread, queue or (self._behind[thread.stack] and not self._held(*lock))

    @staticmethod
    def _is_queue(place: Place) -> bool:
        many = place.waiting >= _SEVERAL * place.looks
        all_at_once = many and place.waking.at_a_time * place.looks >= _ALL * place.waiting
        return place.waking.by_others and not all_at_once

    def _behind_one_that_rests(self, stack: int) -> bool:
        """Whether a thread waits for work in the function that acquires the lock on this stack, on that
        line or a later one: not for a timer, which is on no object."""
        acquired = self._where_acquired(stack)
        return acquired is not None and any(
            self._lines(thread.stack).get(acquired[0], -1) >= acquired[1]
            for key, thread in self._threads.items()
            if thread.blocked is TimeClass.IDLE and thread.object >= 0 and key not in self._at
        )

    def _where_acquired(self, number: int) -> tuple[Function, int] | None:
        if number not in self._acquired:
            stack = self._stack(number)
            frame = acquiring_frame(stack.frames) if stack else None
            self._acquired[number] = ((frame.file, frame.first_line), frame.line) if frame else None
        return self._acquired[number]

    def _lines(self, number: int) -> dict[Function, int]:
        if number not in self._functions:
            stack = self._stack(number)
            frames = stack.frames if stack else ()
            self._functions[number] = {(frame.file, frame.first_line): frame.line for frame in frames}
        return self._functions[number]
