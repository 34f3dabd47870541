"""The waiting time of asyncio tasks: tasks -> slices, a part of the fold.

A task is looked at some times a second; what it waits for holds until the next look. While it runs its time
is that of the thread that runs its event loop. While that thread runs another task, or is blocked in one, a
task may long have what it waits for and only wait for its turn: that part of its wait counts as idle, because
the thread's own row says what the time goes to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfdiag.attribution.awaits import STREAM
from perfdiag.attribution.locks import Holders, Seen, acquiring_frame
from perfdiag.attribution.reader import Reader, Row
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.waits import WAITS, waiting_frame
from perfdiag.model import AWAITED_TASK, TASKS, Frame, ObjectType, Origin, Slice, TimeClass
from perfdiag.ticks import RUNNING, RowFlag

Key = tuple[int, int]  # process, task

# somebody has what is waited for
_TAKEN = {TimeClass.LOCK, TimeClass.POOL}
# those in which the task waits for the other end that its loop knows of
_TO_PEERS = {TimeClass.NETWORK, TimeClass.CONNECT, TimeClass.SEND, TimeClass.CHILD}
# streams that are none of a socket
_PIPES = {ObjectType.CHILD: TimeClass.CHILD, ObjectType.PIPE: TimeClass.IDLE}
# nothing has come of such a wait until the task was seen to move, or its loop is busy enough
_FOR_WORK = {TimeClass.NETWORK, TimeClass.CHILD, TimeClass.SLEEP, TimeClass.LOCK}
_LIVELY = 4.0  # times a second that a loop's thread is given a CPU, for each of its tasks
_KNOWN_AFTER, _CHECK = 1.0, 0.1  # seconds


@dataclass(slots=True)
class _Task:
    """What is known of a task at its last row, and what was booked for it in this step."""

    group: str
    loop: int  # thread
    at: float
    free: float  # seconds that its loop had nothing in hand by then
    moved: bool  # it was born during the look, or seen to go on
    time: TimeClass | None = None  # of its wait; None: it runs
    stack: int = -1
    peer: int = -1  # object: the only one that its loop waits for
    joins: bool = False  # it awaits another task, whose frames are in its stack
    lock: int = -1  # that it waits for
    others: dict[int, int] = field(default_factory=dict)  # stacks of those who had it -> looks
    slices: list[Slice] = field(default_factory=list)


class Tasks:
    """`threads` are all threads alive; those of this tick come before its tasks."""

    def __init__(self, reader: Reader, threads: Mapping[Key, ThreadTime]) -> None:
        self._reader, self._threads = reader, threads
        self._tasks: dict[Key, _Task] = {}
        self._ended: list[tuple[Key, _Task]] = []
        self._takers: set[str] = set()  # groups that were seen to wait for work
        self._quiet: dict[Key, tuple[float, int]] = {}  # loop with tasks not seen to move -> since, turns
        self._next_check = 0.0
        self._changed = False  # a row of this tick was a task's
        self._holders = Holders(reader.stack)
        self._locks: dict[tuple[int, str, int], int] = {}  # process and function that takes it -> number

    def see(self, at: float, row: Row, *, first: bool) -> None:
        """A row of a task; `first`: of the first tick."""
        _, process, tid, *_, call, peer, stack, flags = row
        key = (process, tid)
        task = self._tasks.get(key)
        if task is None:
            if flags & RowFlag.GONE:
                return
            loop = self._reader.thread(process, tid).loop
            task = self._tasks[key] = _Task(
                group="task", loop=loop, at=at, free=self._free(process, loop, at), moved=not first
            )
        self._book(key, task, at)
        self._changed = True
        if flags & RowFlag.GONE:
            self._ended.append((key, self._tasks.pop(key)))
            return
        task.moved = task.moved or row[5] > 0
        task.stack, task.peer = stack, peer
        task.joins, task.lock = False, -1
        task.time = None if call == RUNNING else self._class(process, task)
        thread = self._threads.get((process, task.loop))
        if task.time in _FOR_WORK and not task.moved and thread is not None:
            self._quiet.setdefault((process, task.loop), (at, thread.turns))

    def tick(self, at: float) -> None:
        """A tick, after its rows."""
        if at >= self._next_check:
            self._next_check = at + _CHECK
            for loop in [loop for loop in self._quiet if self._lively(loop, at)]:
                del self._quiet[loop]
                for key, task in self._of(loop):
                    self._book(key, task, at)
                    task.moved = True
        if self._changed:
            self._changed = False
            self._look_for_holders()

    def _of(self, loop: Key) -> list[tuple[Key, _Task]]:
        return [row for row in self._tasks.items() if (row[0][0], row[1].loop) == loop]

    def _lively(self, loop: Key, at: float) -> bool:
        """Whether a loop does so much that its tasks go on, though each is always seen in the same wait."""
        since, turns = self._quiet[loop]
        thread = self._threads.get(loop)
        if thread is None or at - since < _KNOWN_AFTER:
            return False
        awaiting = sum(not task.joins for _, task in self._of(loop))
        return thread.turns - turns >= _LIVELY * awaiting * (at - since)

    def _look_for_holders(self) -> None:
        """Who has what others wait for."""
        for process in {key[0] for key, task in self._tasks.items() if task.lock >= 0}:
            alive = [row for row in self._tasks.items() if row[0][0] == process and not row[1].joins]
            seen = [Seen(tid, task.time, task.lock, task.stack) for (_, tid), task in alive]
            found = {lock: self._holders.holder(lock, seen) for lock in {one.object for one in seen}}
            for _, task in alive:
                if task.time in _TAKEN:
                    holder = found[task.lock]
                    stack = holder.stack if holder else -1
                    task.others[stack] = task.others.get(stack, 0) + 1

    def step(self, end: float) -> tuple[list[Slice], dict[Key, str]]:
        """Slices up to `end` since the last step, and the group of each task."""
        for key, task in self._tasks.items():
            self._book(key, task, end)
        present = [*self._ended, *self._tasks.items()]
        self._ended = []
        slices = [part for _, task in present for part in task.slices]
        for _, task in present:
            task.slices = []
        return slices, {key: task.group for key, task in present}

    def _class(self, process: int, task: _Task) -> TimeClass:
        stack = self._reader.stack(task.stack)
        own = _own(stack.frames) if stack else ()
        if stack is None or not own:
            return TimeClass.IDLE
        root = own[-1]
        task.group = f"{TASKS}{root.function} ({root.file.rpartition('/')[2]})"
        task.joins = len(own) < len(stack.frames)
        if task.joins:  # what it awaits is the row of another task
            return TimeClass.IDLE
        key = waiting_frame(own)
        time = WAITS[key] if key else TimeClass.IDLE
        if key == STREAM and (item := self._reader.object(task.peer)):
            time = _PIPES.get(item.type, time)
        if time in _TAKEN:
            task.lock = self._lock(process, own, task.stack)
        if time is TimeClass.IDLE or (key == STREAM and time is TimeClass.NETWORK and self._reader.serves):
            if key:
                self._takers.add(task.group)
            return TimeClass.IDLE
        if time is TimeClass.SLEEP and self._timer(task, own):
            return TimeClass.IDLE
        return time

    def _lock(self, process: int, frames: Sequence[Frame], stack: int) -> int:
        """A number for what is taken in the function that awaits its turn."""
        frame = acquiring_frame(tuple(frames))
        where = (frame.file, frame.first_line) if frame else ("", 0)
        number = self._locks.setdefault((process, *where), len(self._locks))
        self._holders.waits(number, stack)
        return number

    def _timer(self, task: _Task, frames: Sequence[Frame]) -> bool:
        """A sleep in a task's own coroutine is its timer; in a deeper one, or in a task that takes work, it
        delays the work in hand."""
        user = [frame for frame in frames if frame.origin is Origin.USER]
        return len(user) <= 1 and task.group not in self._takers

    def _book(self, key: Key, task: _Task, at: float) -> None:
        free = self._free(key[0], task.loop, at)
        whole = at - task.at
        counted = min(whole, max(0.0, free - task.free))
        if task.time is not None and whole > 0:
            for_work = task.time in _FOR_WORK and not task.moved
            waited = 0.0 if task.time is TimeClass.IDLE or for_work else counted
            looks = sum(task.others.values())
            for other, count in task.others.items() if looks else ((-1, 1),):
                _append(key, task, at, task.time, waited * count / (looks or 1), other)
            _append(key, task, at, TimeClass.IDLE, whole - waited)
        task.at, task.free, task.others = at, free, {}

    def _free(self, process: int, loop: int, at: float) -> float:
        """Seconds that the thread of an event loop had no task in hand by now: it was in its selector, or
        waited for a CPU. All of them where the thread is not known."""
        thread = self._threads.get((process, loop))
        if thread is None:
            return at
        waits = thread.blocked is TimeClass.IDLE
        return thread.free + (at - thread.at + thread.owed if waits else 0.0)


def _own(frames: Sequence[Frame]) -> Sequence[Frame]:
    """The frames of the task itself: those below the ones of tasks that it awaits."""
    start = 0
    for number, frame in enumerate(frames, 1):
        if (frame.file, frame.function) == AWAITED_TASK:
            start = number
    return frames[start:]


def _append(key: Key, task: _Task, at: float, time: TimeClass, weight: float, other: int = -1) -> None:
    """Book seconds of the time since the task's last booking."""
    if weight > 0:
        part = Slice(
            process=key[0],
            tid=key[1],
            t0=task.at,
            t1=at,
            time=time,
            object=task.peer if time in _TO_PEERS else -1,
            stack=task.stack,
            weight=weight,
            other=other,
        )
        task.slices.append(part)
