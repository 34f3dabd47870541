"""At each tick, for each lock that threads wait for: who has it, what that one does, and for how long.

An *episode* of waiting is the time from the first look that finds a thread waiting for a lock to the first
that does not, or finds that it did something in between; one of holding, while others wait, that in which the
same thread has it. Both are known to a tick, and a lock that is given back and taken again between two looks
is held all the time.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from perfdiag.attribution.blocked import rests
from perfdiag.attribution.locks import Holders, Seen, candidates
from perfdiag.attribution.reader import Reader
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.waits import HELPERS, waiting_frame
from perfdiag.model import ObjectType, TimeClass
from perfdiag.timetable import Doing, LockUse

_AT_WORK = 100_000  # nanoseconds on a CPU: who was woken in vain needs less before it waits again
_STILL = 1.0  # seconds after which the sampler asks a thread what it holds
_MOST = 256  # locks, and what is done while one is held, that are told apart
_EPISODES = 10_000  # of a lock
# what a request can be sent to; who waits for several things at once waits for work
_ASKED = {ObjectType.PIPE, ObjectType.TCP, ObjectType.UDP, ObjectType.UNIX}

Key = tuple[int, int]  # process, tid


class _Wait(NamedTuple):
    lock: Key  # process, object
    since: float
    cpu: int
    turns: int
    still: float  # time since which it has not run


@dataclass(slots=True)
class _Lock:
    """What was seen of one lock. `doing`: seconds of its waiters by what the holder did meanwhile."""

    waits: list[float] = field(default_factory=list)
    holds: list[float] = field(default_factory=list)
    doing: defaultdict[Doing, float] = field(default_factory=lambda: defaultdict(float))
    waiters: dict[Key, int] = field(default_factory=dict)  # thread -> stack of its last wait
    holder: Key | None = None
    held_since: float = 0.0

    def held_by(self, holder: Key | None, at: float) -> None:
        if holder == self.holder:
            return
        if self.holder is not None and len(self.holds) < _EPISODES:
            self.holds.append(at - self.held_since)
        self.holder, self.held_since = holder, at


class LockWatch:
    """`threads` are all threads alive; `turn(key)` is the number of the place where a thread waits for a
    turn, which counts as a lock, None where it does not."""

    def __init__(
        self, reader: Reader, threads: Mapping[Key, ThreadTime], turn: Callable[[Key], int | None]
    ) -> None:
        self._reader, self._threads, self._turn = reader, threads, turn
        self._holders = Holders(reader.stack)
        self._candidates: dict[int, list[Seen]] = {}  # of this tick, by process
        self._ran: dict[Key, float] = {}
        self._waits: dict[Key, _Wait] = {}
        self._locks: dict[Key, _Lock] = {}
        self._asking: dict[tuple[int, int, bool], bool] = {}
        self._at = 0.0

    def see(self, thread: ThreadTime) -> None:
        """A row of this thread: it has run."""
        self._ran[thread.process, thread.tid] = self._at
        if thread.blocked is TimeClass.LOCK:
            self._holders.waits(thread.object, thread.stack, thread.tid)

    def waits(self, lock: int, stack: int) -> None:
        """A thread with this stack waits for this lock or turn."""
        self._holders.waits(lock, stack)

    def holder(self, process: int, lock: int) -> Seen | None:
        """Who has a lock now, as far as that can be told: of its process."""
        told = self._told(process, lock)
        item = self._reader.object(lock)
        if told is not None or (item is not None and item.peer_pid):
            return told
        if process not in self._candidates:
            self._candidates[process] = candidates(
                self._seen(key, thread)
                for key, thread in self._threads.items()
                if key[0] == process and (thread.running or thread.blocked is not None)
            )
        return self._holders.holder(lock, self._candidates[process])

    def _told(self, process: int, lock: int) -> Seen | None:
        """The holder that the sampler has found, while it stands still with work in hand."""
        item = self._reader.object(lock)
        key = (process, item.holder if item else 0)
        thread = self._threads.get(key)
        if thread is None or thread.blocked is None or not self._in_section(thread):
            return None
        still = not thread.turns_seen.moved or self._at - self._ran.get(key, self._at) >= _STILL
        return self._seen(key, thread) if still else None

    def _in_section(self, thread: ThreadTime) -> bool:
        """Whether what a thread waits for is no work: a sleep, and a wait for one's own helper, are none
        while others wait for a lock that it has."""
        if thread.blocked is not TimeClass.IDLE:
            return True
        stack = self._reader.stack(thread.stack)
        waits = waiting_frame(stack.frames) if stack else None
        return thread.object < 0 if waits is None else waits in HELPERS

    def _seen(self, key: Key, thread: ThreadTime) -> Seen:
        number = self._turn(key)
        if number is None:
            time = TimeClass.UNKNOWN if self._asks(thread) else thread.blocked
            return Seen(thread.tid, time, thread.object, thread.stack)
        return Seen(thread.tid, TimeClass.LOCK, number, thread.stack)

    def _asks(self, thread: ThreadTime) -> bool:
        """Whether a thread that looks idle may wait for an answer, so with a lock that it has."""
        if thread.blocked is not TimeClass.IDLE:
            return False
        key = (thread.object, thread.stack, thread.main)
        if key not in self._asking:
            item, stack = self._reader.object(thread.object), self._reader.stack(thread.stack)
            frames = stack.frames if stack else ()
            self._asking[key] = (
                item is not None and item.type in _ASKED and not rests(item, frames, main=thread.main)
            )
        return self._asking[key]

    def tick(self, at: float) -> None:
        """A tick begins, after its rows."""
        self._at = at
        if len(self._ran) > 2 * len(self._threads) + _MOST:  # of threads that have ended
            self._ran = {key: ran for key, ran in self._ran.items() if key in self._threads}
        self._candidates.clear()

    def look(self, before: float, waiting: Iterable[ThreadTime]) -> None:
        """Count what those do that have what these threads wait for, in the tick that began at `before`."""
        present: dict[Key, list[ThreadTime]] = defaultdict(list)
        for thread in waiting:
            if thread.blocked is TimeClass.LOCK and thread.object >= 0:
                present[thread.process, thread.object].append(thread)
        now: set[Key] = set()
        for lock, threads in present.items():
            if lock in self._locks or len(self._locks) < _MOST:
                self._count(lock, threads, self._at - before)
                now.update((thread.process, thread.tid) for thread in threads)
        for lock in {wait.lock for wait in self._waits.values()} - present.keys():
            self._locks[lock].held_by(None, self._at)
        for key in [key for key in self._waits if key not in now]:
            self._end(key)

    def _count(self, lock: Key, threads: list[ThreadTime], seconds: float) -> None:
        known = self._locks.setdefault(lock, _Lock())
        for thread in threads:
            self._wait(lock, thread)
            known.waiters[thread.process, thread.tid] = thread.stack
        seen = self.holder(*lock)
        known.held_by((lock[0], seen.tid) if seen else None, self._at)
        doing = Doing(seen.tid, seen.time, seen.object, seen.stack) if seen else Doing(0, None, -1, -1)
        if doing in known.doing or len(known.doing) < _MOST:
            known.doing[doing] += seconds * len(threads)

    def _wait(self, lock: Key, thread: ThreadTime) -> None:
        key = (thread.process, thread.tid)
        wait = self._waits.get(key)
        if wait is not None and (wait.lock != lock or thread.cpu - wait.cpu >= _AT_WORK):
            self._end(key)
            wait = None
        if wait is None:
            self._waits[key] = _Wait(lock, self._at, thread.cpu, thread.turns, self._at)
        elif thread.turns != wait.turns:
            self._waits[key] = wait._replace(turns=thread.turns, cpu=thread.cpu, still=self._at)

    def _end(self, key: Key) -> None:
        wait = self._waits.pop(key)
        waits = self._locks[wait.lock].waits
        if len(waits) < _EPISODES:
            waits.append(self._at - wait.since)

    # -- what is told -------------------------------------------------------------------------------

    def uses(self) -> list[LockUse]:
        """What was seen of each lock by now, episodes that go on included."""
        going_on: dict[Key, list[float]] = defaultdict(list)
        for wait in self._waits.values():
            going_on[wait.lock].append(self._at - wait.since)
        return [
            LockUse(
                process=process,
                object=item,
                waits=(*one.waits, *going_on[process, item]),
                holds=(*one.holds, *([self._at - one.held_since] if one.holder else ())),
                doing=dict(one.doing),
                waiters=dict(one.waiters),
                blocks=self._blocks((process, item)),
            )
            for (process, item), one in self._locks.items()
        ]

    def _blocks(self, lock: Key) -> dict[int, tuple[int, float]]:
        """Threads that wait for a lock now and stand still -> who has it for certain, and since when they
        stand."""
        process, item = lock
        found: dict[int, tuple[int, float]] = {}
        holder = self._told(process, item) or self._holders.holder(item, self._candidates.get(process, ()))
        for (_, tid), wait in self._waits.items():
            if wait.lock == lock and holder is not None and self._certain(lock, holder):
                found[tid] = (holder.tid, wait.still)
        return found

    def _certain(self, lock: Key, holder: Seen) -> bool:
        """Whether a thread that waits for another lock is known to have this one."""
        told = self._reader.object(lock[1])
        waits = holder.time is TimeClass.LOCK
        return waits and (
            (told is not None and told.holder == holder.tid) or self._holders.past(lock[1], holder)
        )
