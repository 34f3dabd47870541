"""Whose work makes a process larger: quick looks at it while its memory or its descriptors grow.

A program takes memory and opens files in bursts of microseconds, which a hundred looks a second hardly ever
meet. So while a process grows a part of the time goes into looks in quick succession, each of which reads
what the process has and the stacks of its threads that run. What was added for good between two looks is
credited to the stacks that were met at both; where no thread was seen to run, to those of the threads that
have run.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from perfdiag.sampler.burst import Credit, Key, Level, Look, credited, look
from perfdiag.sampler.cpython.reader import Vanished
from perfdiag.sampler.levels import Levels, descriptor_limit
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.member import Member
from perfdiag.sampler.syscalls import parse_syscall
from perfdiag.sampler.threads import ThreadFiles
from perfdiag.ticks import RUNNING

SHARE = 0.15  # of a core, at most, goes into these looks, and as much into those at descriptors alone
_PART = 0.6  # of the time between two ticks; the rest is the tick's
_LONGEST_PART = 6_000_000  # nanoseconds, also where ticks are rare
_TICKS = 4  # in a burst of looks: long enough to see what is given back
_PAUSE = 0.0001  # seconds between two looks at descriptors alone, which are opened more slowly
_MOST_PAUSE = 500_000  # nanoseconds that such a pause may take in the end
_PAUSES = 40  # ticks with such looks, after which they are counted
_CHECK = 0.2  # seconds between two looks at whether a process grows
_SETTLED = 0.5  # seconds after which growth is told from what happens to be there
_PAGES, _DESCRIPTORS = 32.0, 0.5  # a second (128 kB); slower growth is of no concern
_SELDOM = 200.0  # descriptors a second
_FULL = 0.95  # of the descriptors that it may have
_LEAST = (32, 2)  # pages and descriptors
_MOST_THREADS, _MOST_PROCESSES = 8, 16


@dataclass(slots=True)
class _Watched:
    """A process, what it had at first and last, and when each of its threads was last seen to have run."""

    member: Member
    levels: Levels
    begun: float
    first: Level = (0, 0)
    last: Level = (0, 0)
    counters: dict[int, bytes] = field(default_factory=dict)
    ran: dict[int, float] = field(default_factory=dict)

    def look(self, now: float) -> None:
        """OSError when it has ended."""
        self.last = self.levels.read()
        for tid in self.ran.keys() - self.member.threads.by_tid.keys():
            del self.ran[tid], self.counters[tid]
        for tid, thread in self.member.threads.by_tid.items():
            if self.counters.get(tid) != thread.seen:
                self.counters[tid], self.ran[tid] = thread.seen, now

    def grows(self, now: float) -> bool:
        """Whether it grows; or cannot, for its descriptors are used up: then it is seen who wants more."""
        lasted = now - self.begun
        pages, descriptors = (b - a for a, b in zip(self.first, self.last, strict=True))
        return lasted >= _SETTLED and (
            pages >= max(_LEAST[0], _PAGES * lasted)
            or descriptors >= max(_LEAST[1], _DESCRIPTORS * lasted)
            or self.last[1] >= _FULL * descriptor_limit(self.member.pid)
        )

    def lively(self) -> list[ThreadFiles]:
        """The threads that have run last."""
        known = self.member.threads.by_tid
        alive = [tid for tid in self.ran if tid in known]
        return [known[tid] for tid in sorted(alive, key=lambda tid: -self.ran[tid])[:_MOST_THREADS]]

    def opens(self, now: float) -> bool:
        """Whether it is descriptors that grow, and too seldom to be met in a short burst of looks."""
        grown, lasted = self.last[1] - self.first[1], now - self.begun
        return _LEAST[1] <= grown < _SELDOM * lasted


class CloseUp:
    """Looks at the first processes of a loop, after each tick; `take` gives what was found since it was last
    asked."""

    def __init__(self, procfs: str, share: float = SHARE) -> None:
        self._procfs, self._share = procfs, share
        self._watched: dict[int, _Watched | None] = {}
        self._credits: dict[tuple[int, Key], Credit] = {}
        self._check = self._next = self._next_slow = 0.0
        self._growing: list[_Watched] = []
        self._turn = 0
        self._at: _Watched | None = None  # that is looked at now
        self._looks: list[Look] = []
        self._ticks = 0  # that the present burst has lasted
        self._spent = 0.0  # seconds, on the present burst
        self._slow: list[Look] = []  # at descriptors alone
        self._slow_ticks = 0

    def look(self, loop: Loop, now: float) -> None:
        """After a tick of the loop; `now` in seconds."""
        if now >= self._check:
            self._check = now + _CHECK
            for index in self._watched.keys() - {member.index for member in loop.members}:
                self._forget(index)  # it has ended
                del self._watched[index]
            members = [member for member in loop.members if not member.peer][:_MOST_PROCESSES]
            self._growing = [one for member in members if (one := self._see(member, now))]
        if not self._growing:
            return
        one = self._growing[self._turn % len(self._growing)]
        if one is not self._at:  # others grow since: what was begun of another process tells nothing
            self._at, self._looks, self._slow = one, [], []
        until = time.monotonic_ns() + min(int(_PART * loop.interval), _LONGEST_PART)
        begun = time.thread_time()
        try:
            if now >= self._next:
                self._looks += _looks(one, until)
                self._spent += time.thread_time() - begun
                self._ticks += 1
            elif now >= self._next_slow and one.opens(now):
                self._slow += _openings(one, until)
                self._next_slow = now + self._rest(time.thread_time() - begun)
                self._slow_ticks += 1
        except (OSError, Vanished):
            self._forget(one.member.index)
        if self._ticks >= _TICKS:
            self._end(one.member.index, now)
        if self._slow_ticks >= _PAUSES:
            self._count(one.member.index, credited(self._slow, _MOST_PAUSE))
            self._slow, self._slow_ticks = [], 0
            self._turn += 1

    def take(self) -> list[tuple[int, tuple[int, ...], bool, int, int, int]]:
        """(process, stacks, seen at work, looks, pages, descriptors)."""
        found, self._credits = self._credits, {}
        return [(process, *key, *credit) for (process, key), credit in found.items()]

    def close(self) -> None:
        for one in self._watched.values():
            if one is not None:
                one.levels.close()
        self._watched, self._growing = {}, []

    def _see(self, member: Member, now: float) -> _Watched | None:
        """The process, where it grows."""
        one = self._watched.get(member.index)
        try:
            if member.index not in self._watched and member.reader is not None:
                self._watched[member.index] = None
                levels = Levels(self._procfs, member.pid)
                one = self._watched[member.index] = _Watched(member, levels, now)
                one.first = levels.read()
            if one is not None:
                one.look(now)
        except OSError:
            self._forget(member.index)
            return None
        return one if one is not None and one.grows(now) else None

    def _rest(self, spent: float) -> float:
        """Seconds without looks that make up for those that took so many."""
        return spent * (1 / self._share - 1)

    def _forget(self, process: int) -> None:
        one = self._watched[process]
        if one is not None:
            one.levels.close()
        self._watched[process] = None
        self._growing = [other for other in self._growing if other is not one]
        self._looks, self._slow = [], []

    def _end(self, process: int, now: float) -> None:
        """Of a burst: count what stayed, and rest for as long as the share asks."""
        self._count(process, credited(self._looks))
        self._next = now + self._rest(self._spent)
        self._looks, self._ticks, self._spent = [], 0, 0.0
        if not self._slow:
            self._turn += 1

    def _count(self, process: int, rows: Iterable[tuple[Key, Credit]]) -> None:
        for key, found in rows:
            before = self._credits.get((process, key), Credit())
            self._credits[process, key] = Credit(*map(sum, zip(before, found, strict=True)))


def _looks(one: _Watched, until: int) -> list[Look]:
    """Looks in succession until then (nanoseconds); the first tells nothing of what came before it. OSError
    or Vanished when the process has ended."""
    threads = one.lively()
    have, before = one.levels.read(), _at_work(one.member, threads)
    counters = [thread.schedstat() for thread in threads]
    looks = [look(0, have, (), work=False)]
    while (at := time.monotonic_ns()) < until:
        had, have = have, one.levels.read()
        seen = _at_work(one.member, threads)
        if have != had and not before and not seen:
            past, counters = counters, [thread.schedstat() for thread in threads]
            looks.append(look(at, have, _stacks(one.member, _moved(threads, past, counters)), work=False))
        else:
            looks.append(look(at, have, (*before, *seen), work=True))
        before = seen
    return looks


def _openings(one: _Watched, until: int) -> list[Look]:
    """Looks at the number of descriptors with a pause before each; who runs is asked where there are more."""
    threads = one.lively()
    _, have = one.levels.read()
    counters = [thread.schedstat() for thread in threads]
    looks = [look(0, (0, have), (), work=False)]
    while time.monotonic_ns() < until:
        time.sleep(_PAUSE)
        at = time.monotonic_ns()
        had, (_, have) = have, one.levels.read()
        before, counters = counters, [thread.schedstat() for thread in threads]
        if have <= had:
            looks.append(look(at, (0, have), (), work=False))
        elif seen := _at_work(one.member, threads):
            looks.append(look(at, (0, have), seen, work=True))
        else:
            looks.append(
                look(at, (0, have), _stacks(one.member, _moved(threads, before, counters)), work=False)
            )
    return looks


def _moved(threads: Sequence[ThreadFiles], before: Sequence[bytes], after: Sequence[bytes]) -> set[int]:
    """Those that have run in between."""
    return {thread.tid for thread, a, b in zip(threads, before, after, strict=True) if a != b}


def _at_work(member: Member, threads: Sequence[ThreadFiles]) -> list[int]:
    """Stacks of those of the threads that are on a CPU or ready for one."""
    return _stacks(member, {one.tid for one in threads if parse_syscall(one.syscall())[0] == RUNNING})


def _stacks(member: Member, tids: Collection[int]) -> list[int]:
    reader = member.reader
    if reader is None or not tids:
        return []
    return [member.stack(reader, number) for number in reader.tick(set(tids)).stacks.values()]
