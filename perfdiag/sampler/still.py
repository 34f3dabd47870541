"""Who holds locks among the threads that stand still.

A thread that has not run for a second can be read at leisure: the locks that it holds are told to the list of
objects, for as long as it does not run again. So who stands in the way of all others for the whole look is
known though it was never seen to take the lock; locks that change hands are left to the attribution.
"""

from collections.abc import Iterable

from perfdiag.sampler.cpython.reader import Reader, Vanished
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.member import Member

STILL = 1.0  # seconds without a move
_PASS = 0.25  # seconds between two passes
_AT_ONCE = 16  # threads that are read in one pass

Key = tuple[int, int]  # process, tid


class Still:
    """What threads were last seen to be, and since when."""

    def __init__(self, objects: Interned) -> None:
        self._objects = objects
        self._seen: dict[Key, tuple[bytes, float]] = {}
        self._asked: dict[Key, list[int]] = {}  # thread that stands still -> ids of the locks that it holds
        self._next = 0.0
        self._left = 0

    def look(self, members: Iterable[Member], now: float) -> None:
        """See which threads have moved, and ask some of those that have not what they hold."""
        if now < self._next:
            return
        self._next, self._left = now + _PASS, _AT_ONCE
        for member in members:
            if isinstance(member.reader, Reader):
                try:
                    self._threads(member, member.reader, now)
                except Vanished:
                    continue

    def _threads(self, member: Member, reader: Reader, now: float) -> None:
        for tid, thread in member.threads.by_tid.items():
            key = (member.index, tid)
            seen, since = self._seen.get(key, (b"", now))
            if thread.seen != seen:
                self._seen[key] = (thread.seen, now)
                self._objects.release(self._asked.pop(key, ()))
            elif self._left and key not in self._asked and now - since >= STILL and not thread.running:
                self._asked[key] = self._objects.hold(tid, reader.held(tid))
                self._left -= 1
