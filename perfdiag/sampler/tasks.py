"""Rows of asyncio tasks. A task is a thread of the recording that only waits: while it runs, its time is that
of the thread which runs its event loop, and its row says so.

Tasks are looked at some times a second, less often where that would cost too much.
"""

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from perfdiag.sampler.cpython.tasks import TaskState
from perfdiag.ticks import FIRST_TASK, RUNNING, TASK, RowFlag, Ticks

_INTERVAL = 100_000_000  # nanoseconds between two looks, at least
_SHARE = 50  # of the time at most one part in so many


class TaskReader(Protocol):
    """The part of an engine that is used here (see sampler.cpython.reader.Reader)."""

    def tasks(self) -> list[TaskState] | None: ...


class BornTask(NamedTuple):
    tid: int
    name: str
    loop: int  # thread that runs its event loop


class TaskRows:
    """Rows of the tasks of one process; `index` is that of the process in the recording."""

    def __init__(self, index: int) -> None:
        self.born: list[BornTask] = []
        self._index = index
        self._due = 0
        self._last: dict[int, tuple[int, int, bool]] = {}  # task -> call, stack, moved
        self._first = self._next = FIRST_TASK

    def restart(self) -> None:
        """Another reader counts its tasks from 0 again."""
        self._first = self._next

    def look(
        self, number: int, now: int, reader: TaskReader, stack: Callable[[int], int], into: Ticks
    ) -> None:
        """Rows of tick `number` for the tasks that changed, when it is time. `stack` turns a stack id of the
        reader into one of the recording."""
        if now < self._due:
            return
        started = time.monotonic_ns()
        states = reader.tasks()
        if states is not None:
            present = {self._first + state.number: state for state in states}
            self._end([tid for tid in self._last if tid not in present], number, into)
            for tid, state in present.items():
                known = stack(state.stack) if state.stack >= 0 else -1
                self._row(number, tid, state, known, into)
        self._due = now + max(_INTERVAL, _SHARE * (time.monotonic_ns() - started))

    def end(self, number: int, into: Ticks) -> None:
        """The process has ended, and they with it."""
        self._end(list(self._last), number, into)

    def _row(self, number: int, tid: int, state: TaskState, stack: int, into: Ticks) -> None:
        row = (RUNNING if state.running else TASK, stack, state.moved)
        if tid not in self._last:
            self._next = max(self._next, tid + 1)
            self.born.append(BornTask(tid, f"task {state.name}", state.loop))
        if self._last.get(tid) != row:
            self._last[tid] = row
            self._append(into, number, tid, *row, RowFlag(0))

    def _end(self, tids: list[int], number: int, into: Ticks) -> None:
        for tid in tids:
            del self._last[tid]
            self._append(into, number, tid, TASK, -1, False, RowFlag.GONE)

    def _append(
        self, into: Ticks, number: int, tid: int, call: int, stack: int, moved: bool, flags: RowFlag
    ) -> None:
        """`slices` of a task is 1 when it was seen to go on; of its CPU time nothing is said."""
        into.rows.append(number, self._index, tid, 0, 0, int(moved), 0, 0, 0, call, -1, stack, flags)
