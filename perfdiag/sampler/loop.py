"""The tick loop: the kernel's view of every thread joined with its Python stack, on one clock.

Only threads that have run since the last tick cost more than one pread: their system call (and what it
waits on) and their stack are read again, in the order schedstat, stack, call, so that a thread that moves in
between is seen as changed in the next tick.
"""

import random
from collections.abc import Callable
from typing import Protocol

from perfdiag.host.clock import Clock
from perfdiag.sampler.cpython.reader import PythonTick, RawFrame, Vanished
from perfdiag.sampler.syscalls import parse_syscall
from perfdiag.sampler.threads import ThreadFiles, Threads
from perfdiag.sampler.throttle import Throttle
from perfdiag.ticks import RUNNING, UNREADABLE, GilFlag, RowFlag, TickFlag, Ticks

_REFRESH = 0.25  # seconds between two listings of the threads, when their number stays the same
_STAT = 0.2  # seconds between two looks at user and system time of a thread that runs
_JITTER = 0.2  # of the interval, so that a periodic target is not sampled in step
_SLOWEST = 1_000_000_000  # nanoseconds between two ticks
_HIGH_RATE = 200  # above it schedstat lags behind a running thread: look at it again


class StackReader(Protocol):
    """The part of an engine that the loop uses (see sampler.cpython.reader.Reader)."""

    gil_range: tuple[int, int]

    def tick(self, only: "set[int] | None") -> PythonTick: ...

    def frames(self, stack_id: int) -> tuple[RawFrame, ...]: ...


class ObjectTable(Protocol):
    """Gives the id of what a blocked thread waits on (see sampler.objects.Objects)."""

    def resolve(self, call_line: bytes) -> int: ...


class TargetGone(Exception):
    """The target has ended."""


class Loop:
    """Makes ticks of one process; `ticks` collects rows until the caller takes them."""

    def __init__(
        self,
        *,
        pid: int,
        procfs: str,
        rate: float,
        clock: Clock,
        objects: ObjectTable,
        reader: StackReader | None,
        throttle: Throttle,
    ) -> None:
        self.ticks = Ticks()
        self.born: list[ThreadFiles] = []
        self.reader = reader
        self.made = 0
        self.torn = 0
        self.slowed = False  # the rate was lowered
        self.threads = Threads(procfs, pid)
        self._interval = int(1e9 / rate)
        self._reread = rate > _HIGH_RATE
        self._clock, self._objects, self._throttle = clock, objects, throttle
        self._next_refresh = self._next_stat = 0
        self._gil = (-1, -1)
        self._random = random.Random(0)  # noqa: S311 - jitter, not a secret; a seed makes runs alike
        self._late = False

    def run(self, until_ns: int, between: Callable[[], bool]) -> None:
        """Tick until `until_ns`; `between` is called after each tick and ends the run by returning False.

        TargetGone when the target has ended. A tick that comes late is skipped, not made up for: a burst of
        ticks after a stall would weigh the stall too little.
        """
        due = self._clock.monotonic_ns()
        while True:
            now = self._clock.monotonic_ns()
            if now >= until_ns:
                return
            self.tick(now)
            if not between():
                return
            due += int(self._interval * (1 + _JITTER * (2 * self._random.random() - 1)))
            now = self._clock.monotonic_ns()
            self._late = now - due > self._interval
            if due > now:
                self._clock.sleep((due - now) / 1e9)
            else:
                due = now

    def slow_down(self, factor: float) -> None:
        """Lengthen the interval, to a second at most: the budget is spent."""
        self._interval = min(int(self._interval * factor), _SLOWEST)
        self.slowed = True

    def tick(self, now: int) -> None:
        """One look at all threads."""
        number = self.made
        stat = now >= self._next_stat
        try:
            if now >= self._next_refresh or self.threads.changed():
                self._refresh(number, now)
        except (FileNotFoundError, ProcessLookupError) as error:
            raise TargetGone from error
        flags = TickFlag.LATE if self._late else TickFlag(0)
        changed = self._changed(number)
        # after the delays were read: a stop that ends in between is flagged now and paid for in the next
        # tick, never paid for before it is flagged
        if self._throttle and self._throttle.grew():
            flags |= TickFlag.THROTTLED
        self.ticks.ticks.append(now, flags)
        python = self._python(number, changed)
        if stat:
            self._next_stat = now + int(_STAT * 1e9)
        calls = self._calls(changed, stat)
        if python is not None:
            self._look_again(calls, python)
        for thread, schedstat, line in calls:
            self._row(number, thread, schedstat, line, python)
        self.made += 1

    def _refresh(self, number: int, now: int) -> None:
        born, gone = self.threads.refresh()
        if not self.threads.by_tid and not self.threads.unopened:
            raise TargetGone
        self.born += born
        for tid in gone:
            self._gone(number, tid)
        self._next_refresh = now + int(_REFRESH * 1e9)

    def _gone(self, number: int, tid: int) -> None:
        self.ticks.rows.append(number, 0, tid, 0, 0, 0, 0, 0, 0, UNREADABLE, -1, -1, RowFlag.GONE)

    def _changed(self, number: int) -> list[tuple[ThreadFiles, bytes]]:
        changed, ended = [], []
        for thread in self.threads.by_tid.values():
            try:
                schedstat = thread.schedstat()
            except OSError:
                ended.append(thread.tid)
                continue
            if schedstat != thread.seen or (self._reread and thread.running):
                thread.seen = schedstat
                changed.append((thread, schedstat))
        for tid in ended:
            self.threads.drop(tid)
            self._gone(number, tid)
        return changed

    def _python(self, number: int, changed: list[tuple[ThreadFiles, bytes]]) -> PythonTick | None:
        if self.reader is None:
            return None
        try:
            python = self.reader.tick({thread.tid for thread, _ in changed})
        except (Vanished, OSError):
            self.reader = None  # ended or replaced by exec: the caller may attach again
            return None
        state = (
            (GilFlag.LOCKED if python.locked else 0) | (GilFlag.COLLECTING if python.collecting else 0),
            python.holder,
        )
        if state != self._gil:
            self._gil = state
            self.ticks.gil.append(number, 0, python.holder, state[0])
        self.torn += len(python.torn)
        return python

    def _calls(
        self, changed: list[tuple[ThreadFiles, bytes]], stat: bool
    ) -> list[tuple[ThreadFiles, bytes, bytes]]:
        """The system call of each changed thread; one that has ended since is left to the next tick."""
        calls = []
        for thread, schedstat in changed:
            try:
                line = thread.syscall()
                if stat:
                    thread.refresh_stat()
            except OSError:
                continue
            calls.append((thread, schedstat, line))
        return calls

    def _look_again(self, calls: list[tuple[ThreadFiles, bytes, bytes]], python: PythonTick) -> None:
        """A thread that is blocked now, and ran between the looks at its counters and at its call, has
        another stack by now: the call would be told of code that did not make it."""
        moved = set()
        for thread, schedstat, line in calls:
            if line and not line.startswith(b"running"):
                try:
                    if thread.schedstat() != schedstat:
                        moved.add(thread.tid)
                except OSError:
                    continue
        if moved and self.reader is not None:
            try:
                again = self.reader.tick(moved)
            except (Vanished, OSError):
                return
            python.stacks.update(again.stacks)

    def _row(
        self,
        number: int,
        thread: ThreadFiles,
        schedstat: bytes,
        line: bytes,
        python: PythonTick | None,
    ) -> None:
        flags = RowFlag(0)
        stack = -1
        if python is not None:
            stack = python.stacks.get(thread.tid, -1)
            if thread.tid in python.torn:
                flags |= RowFlag.TORN
            elif stack < 0:
                flags |= RowFlag.NO_STACK
        call, target = UNREADABLE, -1
        if line:
            call, _ = parse_syscall(line)
            if call != RUNNING:
                target = self._objects.resolve(line)
        thread.running = call == RUNNING
        cpu, delay, slices = schedstat.split()
        self.ticks.rows.append(
            number,
            0,
            thread.tid,
            int(cpu),
            int(delay),
            int(slices),
            thread.utime,
            thread.stime,
            thread.faults,
            call,
            target,
            stack,
            flags,
        )
