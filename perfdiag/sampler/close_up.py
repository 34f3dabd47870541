"""Whose work makes a process larger: quick looks at it while its memory or its descriptors grow.

A program takes memory and opens files in bursts of microseconds, which a hundred looks a second hardly ever
meet. So while a process grows a part of the time goes into looks in quick succession, each of which reads
what the process has and the stacks of its threads that run. What was added for good between two looks is
credited to the stacks that were met at both; where no thread was seen to run, to those of the threads that
have run.
"""

import os
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from perfdiag.sampler.burst import Credit, Key, Level, Look, credited, look
from perfdiag.sampler.cpython.reader import Vanished
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.member import Member
from perfdiag.sampler.syscalls import parse_syscall
from perfdiag.sampler.threads import ThreadFiles
from perfdiag.ticks import RUNNING

SHARE = 0.15  # of a core, at most, goes into these looks
_PART = 0.6  # of the time between two ticks; the rest is the tick's
_TICKS = 4  # in a burst of looks: long enough to see what is given back
_CHECK = 0.2  # seconds between two looks at whether a process grows
_SETTLED = 0.5  # seconds after which growth is told from what happens to be there
_PAGES, _DESCRIPTORS = 32.0, 0.5  # a second (128 kB); slower growth is of no concern
_LEAST = (32, 2)  # pages and descriptors
_MOST_THREADS, _MOST_PROCESSES = 8, 16


class Levels:
    """What a process has: pages of no file, and descriptors."""

    def __init__(self, procfs: str, pid: int) -> None:
        """OSError when it has ended or no descriptor is left."""
        self._memory = os.open(f"{procfs}/{pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._folder = os.open(f"{procfs}/{pid}/fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            self._folder = -1  # may not be listed: then nothing is said of descriptors

    def read(self) -> Level:
        """OSError when it has ended. The size of the directory is the number of descriptors from Linux 6.2
        on, and 0 before."""
        words = os.pread(self._memory, 256, 0).split()
        if len(words) < 3:
            raise ProcessLookupError
        descriptors = os.fstat(self._folder).st_size if self._folder >= 0 else 0
        return int(words[1]) - int(words[2]), descriptors

    def close(self) -> None:
        for descriptor in (self._memory, self._folder):
            if descriptor >= 0:
                os.close(descriptor)


@dataclass(slots=True)
class _Watched:
    """A process, what it had at first and last, and when each of its threads was last seen to have run."""

    member: Member
    levels: Levels
    begun: float
    first: Level
    last: Level
    counters: dict[int, bytes] = field(default_factory=dict)
    ran: dict[int, float] = field(default_factory=dict)

    def look(self, now: float) -> None:
        """OSError when it has ended."""
        self.last = self.levels.read()
        for tid, thread in self.member.threads.by_tid.items():
            if self.counters.get(tid) != thread.seen:
                self.counters[tid], self.ran[tid] = thread.seen, now

    def grows(self, now: float) -> bool:
        lasted = now - self.begun
        pages, descriptors = (b - a for a, b in zip(self.first, self.last, strict=True))
        return lasted >= _SETTLED and (
            pages >= max(_LEAST[0], _PAGES * lasted) or descriptors >= max(_LEAST[1], _DESCRIPTORS * lasted)
        )

    def lively(self) -> list[ThreadFiles]:
        """The threads that have run last."""
        known = self.member.threads.by_tid
        alive = [tid for tid in self.ran if tid in known]
        return [known[tid] for tid in sorted(alive, key=lambda tid: -self.ran[tid])[:_MOST_THREADS]]


class CloseUp:
    """Looks at the first processes of a loop, after each tick; `take` gives what was found since it was last
    asked."""

    def __init__(self, procfs: str, share: float = SHARE) -> None:
        self._procfs, self._share = procfs, share
        self._watched: dict[int, _Watched | None] = {}
        self._credits: dict[tuple[int, Key], Credit] = {}
        self._check = self._next = 0.0
        self._growing: list[_Watched] = []
        self._turn = 0
        self._looks: list[Look] = []
        self._ticks = 0  # that the present burst has lasted
        self._spent = 0.0  # seconds, on the present burst

    def look(self, loop: Loop, now: float) -> None:
        """After a tick of the loop; `now` in seconds."""
        if now >= self._check:
            self._check = now + _CHECK
            self._growing = [
                one for member in loop.members[:_MOST_PROCESSES] if (one := self._see(member, now))
            ]
        if not self._growing or now < self._next:
            return
        one = self._growing[self._turn % len(self._growing)]
        begun = time.monotonic_ns()
        try:
            self._looks += _looks(one, begun + int(_PART * loop.interval))
        except (OSError, Vanished):
            self._forget(one.member)
        self._spent += (time.monotonic_ns() - begun) / 1e9
        self._ticks += 1
        if self._ticks >= _TICKS:
            self._end(one.member.index, now)

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
                have = levels.read()
                one = self._watched[member.index] = _Watched(member, levels, now, have, have)
            if one is not None:
                one.look(now)
        except OSError:
            self._forget(member)
            return None
        return one if one is not None and one.grows(now) else None

    def _forget(self, member: Member) -> None:
        one = self._watched[member.index]
        if one is not None:
            one.levels.close()
        self._watched[member.index] = None
        self._growing = [other for other in self._growing if other is not one]
        self._looks = []

    def _end(self, process: int, now: float) -> None:
        """Of a burst: count what stayed, and rest for as long as the share asks."""
        for key, found in credited(self._looks):
            before = self._credits.get((process, key), Credit())
            self._credits[process, key] = Credit(*map(sum, zip(before, found, strict=True)))
        self._next = now + self._spent * (1 / self._share - 1)
        self._looks, self._ticks, self._spent = [], 0, 0.0
        self._turn += 1


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
            now = [thread.schedstat() for thread in threads]
            moved = {thread.tid for thread, a, b in zip(threads, counters, now, strict=True) if a != b}
            counters = now
            looks.append(look(at, have, _stacks(one.member, moved), work=False))
        else:
            looks.append(look(at, have, (*before, *seen), work=True))
        before = seen
    return looks


def _at_work(member: Member, threads: Sequence[ThreadFiles]) -> list[int]:
    """Stacks of those of the threads that are on a CPU or ready for one."""
    return _stacks(member, {one.tid for one in threads if parse_syscall(one.syscall())[0] == RUNNING})


def _stacks(member: Member, tids: Collection[int]) -> list[int]:
    reader = member.reader
    if reader is None or not tids:
        return []
    return [member.stack(reader, number) for number in reader.tick(set(tids)).stacks.values()]
