"""Rows of asyncio tasks. A task is a thread of the recording that only waits: while it runs, its time is that
of the thread which runs its event loop, and its row says so.

Tasks are looked at some times a second, less often where that would cost too much.
"""

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from perfdiag.host.secrets import scrub
from perfdiag.sampler.cpython.tasks import TaskState
from perfdiag.ticks import FIRST_TASK, RUNNING, TASK, RowFlag, Ticks

_INTERVAL, _LONGEST = 100_000_000, 1_000_000_000  # nanoseconds between two looks, at least and at most
_PEERS = 250_000_000  # nanoseconds between two looks at who is at the other ends of a loop's connections
_SHARE = 50  # of the time one part in so many
_SHOWN = 80  # characters of a name
_READ = 256  # characters of it that are looked at for secrets, which takes the square of their number


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
        self._last: dict[int, tuple[int, int, bool, int]] = {}  # task -> call, stack, moved, object
        self._peers: dict[int, int] = {}  # loop -> object
        self._next_peers = 0
        self._first = self._next = FIRST_TASK

    def restart(self) -> None:
        """Another reader counts its tasks from 0 again."""
        self._first = self._next

    def look(
        self,
        number: int,
        now: int,
        reader: TaskReader,
        stack: Callable[[int], int],
        peer: Callable[[int], int],
        into: Ticks,
    ) -> None:
        """Rows of tick `number` for the tasks that changed, when it is time. `stack` turns a stack id of the
        reader into one of the recording; `peer` gives the object that a thread's event loop has all its
        connections to, -1 when there is no such one now."""
        if now < self._due:
            return
        before = time.thread_time_ns()
        states = reader.tasks()
        if states is not None:
            present = {self._first + state.number: state for state in states}
            if now >= self._next_peers:
                self._next_peers = now + _PEERS
                found = {loop: peer(loop) for loop in {state.loop for state in states}}
                self._peers |= {loop: number for loop, number in found.items() if number >= 0}
            self._end([tid for tid in self._last if tid not in present], number, into)
            for tid, state in present.items():
                known = stack(state.stack) if state.stack >= 0 else -1
                self._row(number, tid, state, known, into)
        cost = time.thread_time_ns() - before
        self._due = now + min(max(_INTERVAL, _SHARE * cost), _LONGEST)

    def end(self, number: int, into: Ticks) -> None:
        """The process has ended, and they with it."""
        self._end(list(self._last), number, into)

    def _row(self, number: int, tid: int, state: TaskState, stack: int, into: Ticks) -> None:
        call = RUNNING if state.running else TASK
        row = (call, stack, state.moved, self._peers.get(state.loop, -1))
        if tid not in self._last:
            self._next = max(self._next, tid + 1)
            self.born.append(BornTask(tid, f"task {_shown(state.name)}", state.loop))
        if self._last.get(tid) != row:
            self._last[tid] = row
            self._append(into, number, tid, *row, RowFlag(0))

    def _end(self, tids: list[int], number: int, into: Ticks) -> None:
        for tid in tids:
            del self._last[tid]
            self._append(into, number, tid, TASK, -1, False, -1, RowFlag.GONE)

    def _append(
        self,
        into: Ticks,
        number: int,
        tid: int,
        call: int,
        stack: int,
        moved: bool,
        peer: int,
        flags: RowFlag,
    ) -> None:
        """`slices` of a task is 1 when it was seen to go on; of its CPU time nothing is said. Its object is
        the peer that it would wait for, if it waits for one."""
        into.rows.append(number, self._index, tid, 0, 0, int(moved), 0, 0, 0, call, peer, stack, flags)


def _shown(name: str) -> str:
    """Short, and without secrets. A word that is cut is left out: what marks it as a secret may be in the
    part that is missing."""
    words = name[:_READ].split(" ")
    return scrub(words if len(name) <= _READ else [*words[:-1], "…"], _SHOWN)
