"""Who holds locks among the threads that stand still.

A thread that has not run for a second can be read at leisure: the locks that it holds are told to the list of
objects, for as long as it does not run again. So who stands in the way of all others for the whole look is
known though it was never seen to take the lock; locks that change hands are left to the attribution.
"""

import time
from collections.abc import Iterable

from perfdiag.sampler.cpython.reader import Reader, Vanished
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.member import Member
from perfdiag.sampler.threads import ThreadFiles

STILL = 1.0  # seconds without a move
_PASS = 0.25  # seconds between two passes, at least
_AT_ONCE = 16  # threads that are read in one pass
SHARE = 0.02  # of a core, at most, goes into passes

Key = tuple[int, int]  # process, tid
Seen = tuple[bytes, float]  # its counters, and since when they stand at that


class Still:
    """What threads were last seen to be, and since when."""

    def __init__(self, objects: Interned, share: float = SHARE) -> None:
        self._objects, self._share = objects, share
        self._seen: dict[Key, Seen] = {}
        self._asked: dict[Key, list[int]] = {}  # thread that stands still -> ids of the locks that it holds
        self._next = 0.0
        self._left = 0

    def look(self, members: Iterable[Member], now: float) -> None:
        """See which threads have moved, and ask some of those that have not what they hold."""
        if now < self._next:
            return
        begun, self._left = time.thread_time(), _AT_ONCE
        before, self._seen = self._seen, {}
        for member in members:
            if isinstance(member.reader, Reader):
                try:
                    self._threads(member, member.reader, before, now)
                except Vanished:
                    continue
        for key in self._asked.keys() - self._seen.keys():  # threads that have ended
            self._objects.release(self._asked.pop(key))
        self._next = now + max(_PASS, (time.thread_time() - begun) / self._share)

    def _threads(self, member: Member, reader: Reader, before: dict[Key, Seen], now: float) -> None:
        for tid, thread in member.threads.by_tid.items():
            key = (member.index, tid)
            seen, since = before.get(key, (b"", now))
            if thread.seen != seen:
                since = now
                self._objects.release(self._asked.pop(key, ()))
            self._seen[key] = (thread.seen, since)
            if self._left and key not in self._asked and now - since >= STILL and not thread.running:
                self._left -= 1
                held = reader.held(tid)
                if _stands(thread):
                    self._asked[key] = self._objects.hold(tid, held)


def _stands(thread: ThreadFiles) -> bool:
    """Whether it has not run since it was last looked at, which may be long ago where looks are rare."""
    try:
        return thread.schedstat() == thread.seen
    except OSError:
        return False  # it has ended
