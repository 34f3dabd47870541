"""Threads that wait for room in a queue, a pipe or a pair of sockets, and who makes room for them.

Several producers that wait are a backlog; one that waits for its consumer is how a pipeline holds its pace.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping

from perfdiag.attribution.consumers import Consumers
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.turn_taking import works
from perfdiag.attribution.wakers import Wakers
from perfdiag.attribution.waking import Key
from perfdiag.model import Stack, TimeClass

_WAITING = (TimeClass.QUEUE, TimeClass.POOL)


class FullQueues:
    """`threads` are all threads alive."""

    def __init__(self, stack: Callable[[int], Stack | None], threads: Mapping[Key, ThreadTime]) -> None:
        self._threads = threads
        self._consumers = Consumers(stack)
        self._wakers = Wakers()
        self._putting: dict[Key, ThreadTime] = {}
        self._for_room: dict[Key, Hashable] = {}  # those in `put` and writers, and what they wait for
        self._several = False  # threads waited in `put` at the same time
        self._others: dict[Key, ThreadTime] | None = None  # that may make room, at this tick

    def see(self, key: Key, thread: ThreadTime) -> None:
        """A row of a thread: what it does now."""
        self._gone_on(key)
        self._consumers.see(thread.stack)
        self._wakers.ran(key)
        if thread.blocked is TimeClass.QUEUE:
            self._for_room[key] = (key[0], thread.object)

    def puts(self, key: Key, thread: ThreadTime, place: Hashable) -> None:
        """A thread waits in a library's `put`, called at this place."""
        self._putting[key] = thread
        self._for_room[key] = place

    def forget(self, key: Key) -> None:
        """The thread has ended."""
        self._gone_on(key)
        self._wakers.forget(key)

    def _gone_on(self, key: Key) -> None:
        self._putting.pop(key, None)
        if (room := self._for_room.pop(key, None)) is not None:
            self._wakers.woke(key, room)

    def tick(self) -> None:
        """A tick, after its rows."""
        self._wakers.tick()
        self._others = None
        self._several = self._several or len(self._putting) > 1

    def putting(self) -> tuple[Iterable[ThreadTime], bool]:
        """Those that wait in `put`, and whether that is a backlog."""
        return self._putting.values(), self._several

    def room(self, key: Key) -> Hashable:
        """What a thread waits for room in."""
        return self._for_room[key]

    def emptied_by(self, key: Key) -> int:
        """The stack of who makes room for a thread; -1 when it was not seen."""
        if self._others is None:
            self._others = {
                other: thread
                for other, thread in self._threads.items()
                if thread.blocked not in _WAITING and self._consumers.has_user_code(thread.stack)
            }
        others = self._others
        waker = self._wakers.waker(self._for_room[key], others)
        if waker is not None:
            return others[waker].stack
        at_work = [
            (other, thread.stack)
            for other, thread in others.items()
            if works(thread) or self._consumers.in_getter(thread.stack)
        ]
        return self._consumers.consumer(at_work)
