"""One followed process: the kernel's view of each of its threads joined with its Python stack.

Only threads that have run since the last tick cost more than one pread: their system call (and what it
waits on) and their stack are read again, in the order schedstat, stack, call, so that a thread that moves in
between is seen as changed in the next tick.
"""

from typing import Protocol

from perfdiag.sampler.cpython.reader import PythonTick, RawFrame, TaskState, Vanished
from perfdiag.sampler.stacks import Stacks
from perfdiag.sampler.syscalls import parse_syscall
from perfdiag.sampler.tasks import TaskRows
from perfdiag.sampler.threads import ThreadFiles, Threads
from perfdiag.ticks import RUNNING, UNREADABLE, GilFlag, RowFlag, Ticks

_REFRESH = 250_000_000  # nanoseconds between two listings of the threads, when their number stays the same
_STAT = 200_000_000  # nanoseconds between two looks at user and system time of a thread that runs

Changed = list[tuple[ThreadFiles, bytes]]
Calls = list[tuple[ThreadFiles, bytes, bytes]]


class StackReader(Protocol):
    """The part of an engine that is used here (see sampler.cpython.reader.Reader)."""

    gil_range: tuple[int, int]

    def tick(self, only: "set[int] | None") -> PythonTick: ...

    def frames(self, stack_id: int) -> tuple[RawFrame, ...]: ...

    def tasks(self) -> list[TaskState] | None: ...


class ObjectTable(Protocol):
    """Gives the id of what a blocked thread waits on (see sampler.objects.Objects)."""

    def resolve(self, call_line: bytes) -> int: ...

    def only_peer(self, call_line: bytes) -> int: ...


class Member:
    """`index` is that of the process in the recording. `reader` may be given, and is dropped when it fails:
    the process has ended, or another program runs in it."""

    def __init__(
        self, *, index: int, pid: int, threads: Threads, objects: ObjectTable, stacks: Stacks
    ) -> None:
        self.index, self.pid = index, pid
        self.threads, self.objects = threads, objects
        self.born: list[ThreadFiles] = []
        self.tasks = TaskRows(index)
        self.torn = 0
        self.peer = False  # at the other end of a wait: no part of the target
        self.rarer = 1  # times that its threads are looked at less often than others
        self.spent = 0  # CPU nanoseconds of its threads, from their births
        self._stacks = stacks
        self._reader: StackReader | None = None
        self._ids: list[int] = []  # stack of the reader -> stack of the recording
        self._gil = (-1, -1)
        self._next_refresh = self._next_stat = 0

    @property
    def reader(self) -> StackReader | None:
        return self._reader

    @reader.setter
    def reader(self, reader: StackReader | None) -> None:
        self._reader = reader
        self._ids = []
        self.tasks.restart()

    def look(self, number: int, now: int, into: Ticks, *, again: bool, turn: int, turns: int) -> bool:
        """Rows of tick `number`. False when the process has ended. `again`: look at a running thread though
        its counters stand still. Of `turns` equal parts of the threads only the part `turn` is looked at."""
        stat = now >= self._next_stat
        if now >= self._next_refresh or self.threads.changed():
            self._refresh(number, now, into)
            if not self.threads.by_tid and not self.threads.unopened:
                return False
        changed = self._changed(number, into, again, turn, turns)
        if not changed:
            return True  # nor has the GIL: only a thread that runs takes it or gives it back
        python = self._python(number, changed, into)
        if stat:
            self._next_stat = now + _STAT
        calls = self._calls(changed, stat)
        if python is not None:
            self._look_again(calls, python)
        for thread, schedstat, line in calls:
            self._row(number, thread, schedstat, line, python, into)
        self._tasks(number, now, into)
        return True

    def end(self, number: int, into: Ticks) -> None:
        """The process has ended: so have its threads."""
        for tid in list(self.threads.by_tid):
            self._gone(number, tid, into)
        self.tasks.end(number, into)
        self.threads.close()
        self._reader = None

    def _refresh(self, number: int, now: int, into: Ticks) -> None:
        born, gone = self.threads.refresh()
        self.born += born
        for tid in gone:
            self._gone(number, tid, into)
        self._next_refresh = now + _REFRESH

    def _gone(self, number: int, tid: int, into: Ticks) -> None:
        into.rows.append(number, self.index, tid, 0, 0, 0, 0, 0, 0, UNREADABLE, -1, -1, RowFlag.GONE)

    def _changed(self, number: int, into: Ticks, again: bool, turn: int, turns: int) -> Changed:
        changed, ended = [], []
        for thread in self.threads.by_tid.values():
            if turns > 1 and thread.seen and thread.tid % turns != turn:
                continue
            try:
                schedstat = thread.schedstat()
            except OSError:
                ended.append(thread.tid)
                continue
            if schedstat != thread.seen or (again and thread.running):
                thread.seen = schedstat
                changed.append((thread, schedstat))
        for tid in ended:
            self.threads.drop(tid)
            self._gone(number, tid, into)
        return changed

    def _python(self, number: int, changed: Changed, into: Ticks) -> PythonTick | None:
        if self._reader is None:
            return None
        try:
            python = self._reader.tick({thread.tid for thread, _ in changed})
        except (Vanished, OSError):
            self._reader = None
            return None
        state = (
            (GilFlag.LOCKED if python.locked else 0) | (GilFlag.COLLECTING if python.collecting else 0),
            python.holder,
        )
        if state != self._gil:
            self._gil = state
            into.gil.append(number, self.index, python.holder, state[0])
        self.torn += len(python.torn)
        return python

    def _tasks(self, number: int, now: int, into: Ticks) -> None:
        reader = self._reader
        if reader is not None:
            try:
                self.tasks.look(
                    number, now, reader, lambda stack: self.stack(reader, stack), self._peer, into
                )
            except Vanished:
                self._reader = None

    def _peer(self, loop: int) -> int:
        """The only peer of the event loop that a thread runs; -1 when that cannot be told."""
        try:
            return self.objects.only_peer(self.threads.by_tid[loop].syscall())
        except (KeyError, OSError):
            return -1

    def _calls(self, changed: Changed, stat: bool) -> Calls:
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

    def _look_again(self, calls: Calls, python: PythonTick) -> None:
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
        if moved and self._reader is not None:
            try:
                again = self._reader.tick(moved)
            except (Vanished, OSError):
                return
            python.stacks.update(again.stacks)

    def stack(self, reader: StackReader, number: int) -> int:
        """The id in the recording of a stack of the reader."""
        ids = self._ids
        while len(ids) <= number:
            ids.append(self._stacks.intern(reader.frames(len(ids))))
        return ids[number]

    def _seen(self, thread: ThreadFiles, python: PythonTick | None) -> tuple[int, RowFlag]:
        """The stack of a thread, as the recording numbers it, and what is said about it."""
        if python is None or self._reader is None:
            return -1, RowFlag(0)
        if thread.tid in python.torn:
            return -1, RowFlag.TORN
        number = python.stacks.get(thread.tid, -1)
        return (self.stack(self._reader, number), RowFlag(0)) if number >= 0 else (-1, RowFlag.NO_STACK)

    def _row(
        self,
        number: int,
        thread: ThreadFiles,
        schedstat: bytes,
        line: bytes,
        python: PythonTick | None,
        into: Ticks,
    ) -> None:
        stack, flags = self._seen(thread, python)
        call, target = UNREADABLE, -1
        if line:
            call, _ = parse_syscall(line)
            if call != RUNNING:
                target = self.objects.resolve(line)
        thread.running = call == RUNNING
        cpu, delay, slices = map(int, schedstat.split())
        self.spent += cpu - thread.cpu
        thread.cpu = cpu
        into.rows.append(
            number,
            self.index,
            thread.tid,
            cpu,
            delay,
            slices,
            thread.utime,
            thread.stime,
            thread.faults,
            call,
            target,
            stack,
            flags,
        )
