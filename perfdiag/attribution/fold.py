"""Ticks -> slices: a fold over the rows of a recording.

For each thread and interval between two ticks CPU and queue time are exact, the rest is blocked time and goes
to the wait that was seen at either end. What a running thread does is told by the GIL: the holder runs Python
(or collects garbage), a thread that runs without it is in C code or in a system call.
"""

from collections.abc import Iterable

from perfdiag.attribution.blocked import class_of
from perfdiag.attribution.groups import group_of, in_pool
from perfdiag.attribution.herds import Herds
from perfdiag.attribution.in_the_way import InTheWay
from perfdiag.attribution.kernel_time import Counted, Entry, FaultPrice
from perfdiag.attribution.lines import CALLS, Lines
from perfdiag.attribution.loops import EPISODE, Loops
from perfdiag.attribution.own_children import OwnChildren
from perfdiag.attribution.reader import Reader, Row
from perfdiag.attribution.tasks import Tasks
from perfdiag.attribution.teams import joined
from perfdiag.attribution.thread_time import ThreadTime, slices_of
from perfdiag.attribution.turns import Turns
from perfdiag.model import Slice, TimeClass
from perfdiag.recording import Recording
from perfdiag.ticks import FIRST_TASK, RUNNING, GilFlag, RowFlag, TickFlag

# seconds from being woken to running on an idle CPU, part of the wait: another thread would take longer
_WAKE_UP = 500e-6
_GONE, _WORKED = int(RowFlag.GONE), int(RowFlag.WORKED)  # a flag costs ten times as much to test as a number


class Attribution:
    """A fold over a recording that may still grow. `episode`: seconds of a callback that hold up its loop."""

    def __init__(self, recording: Recording, *, episode: float = EPISODE) -> None:
        self._reader = Reader(recording)
        self._ticks = recording.ticks.ticks
        self._threads: dict[tuple[int, int], ThreadTime] = {}
        self._ended: list[ThreadTime] = []
        self._first = True
        self._throttled_until = -1.0
        self._price = 0.0  # seconds of a page fault, in this step
        self._before = 0.0  # time of the tick before the present one
        self._classes: dict[tuple[int, int, int, bool, bool], TimeClass] = {}
        self._lines = Lines(self._reader.user)
        self._ways = InTheWay(self._reader, self._threads, self._unchanged)
        self.locks = self._ways.locks
        self.herds = Herds()
        self.loops = Loops(self._reader.stack, episode, self._reader.serves_several)
        self._tasks = Tasks(self._reader, self._threads)
        self._children = OwnChildren(self._reader.parent)
        self._fault_price = FaultPrice(recording.snapshots)

    def step(self, start: int, stop: int, end: float) -> tuple[list[Slice], dict[tuple[int, int], str]]:
        """Slices of the ticks start..stop, up to the time `end`, and the group of each thread and task."""
        self._price = self._fault_price.at(end)
        for number in range(start, stop):
            at = self._ticks["at_ns"][number] / 1e9
            if self._ticks["flags"][number] & TickFlag.THROTTLED:
                self._throttled_until = at
            self._tick(at, self._reader.rows(number))
            self._before = at
            self._first = False
        for thread in self._threads.values():
            if thread.at < end:
                self._unchanged(thread, end)
        threads = self._ended + list(self._threads.values())
        self._ended = []
        slices, groups = self._tasks.step(end)
        slices += [part for thread in threads for part in slices_of(thread, self._price)]
        native = [(thread.process, thread.tid) for thread in threads if not thread.grouped]
        return list(self._children.told(joined(slices, native))), groups | {
            (thread.process, thread.tid): thread.group for thread in threads
        }

    # -- one tick -----------------------------------------------------------------------------------

    def _tick(self, at: float, rows: Iterable[Row]) -> None:
        for row in rows:
            _, process, tid, cpu, delay, turns, *counted, call, item, stack, flags = row
            if tid >= FIRST_TASK:
                self._tasks.see(at, row, first=self._first)
                continue
            key = (process, tid)
            thread = self._threads.get(key)
            if flags & _GONE:
                self._end(key, at)
                continue
            if thread is None:
                thread = self._threads[key] = self._born(key, at, stack)
                thread.cpu, thread.delay, thread.turns = cpu, delay, turns
                thread.counted = thread.marked = Counted(*counted)
                self._see(thread, at, call, item, stack)
                thread.turns_seen.begin(thread.blocked, at, cpu)
                continue
            self._changed(thread, at, (cpu, delay, turns), call, item, stack)
            if flags & _WORKED:
                thread.stack = -1
            thread.count(Counted(*counted), self._price)
        self.herds.tick()
        self._ways.look(at)
        self._tasks.tick(at)

    def _born(self, key: tuple[int, int], at: float, stack: int) -> ThreadTime:
        known, first = self._reader.thread(*key), self._reader.code(stack)
        self._children.born(key[0], at, first=self._first)
        return ThreadTime(
            process=key[0],
            tid=key[1],
            group=group_of(first, known, self._reader.program(key[0])),
            grouped=bool(first and first.frames),
            main=known.main,
            turns_seen=Turns(pooled=in_pool(first, known), moved=not self._first),
            young=not self._first,
            born=at,
            at=at,
        )

    def _end(self, key: tuple[int, int], at: float) -> None:
        thread = self._threads.pop(key, None)
        if thread is not None:
            self._children.ended(key[0], at)
            self._unchanged(thread, at)
            self._ended.append(thread)
            self._ways.forget(key)
            self.loops.end(key, at)

    def _changed(
        self, thread: ThreadTime, at: float, counters: tuple[int, int, int], call: int, item: int, stack: int
    ) -> None:
        """Book the interval since the thread's last row, and take over its new state."""
        before, was_running, line = thread.at, thread.running, thread.stack
        turns = counters[2] - thread.turns
        on_cpu = max(0, counters[0] - thread.cpu) / 1e9
        # of a delay that began before the thread was first seen only the end is in the window
        queued = min(max(0, counters[1] - thread.delay) / 1e9, at - thread.born)
        woken = queued < _WAKE_UP * turns
        thread.cpu, thread.delay, thread.turns = counters
        if woken and not (was_running and call == RUNNING):
            queued = 0.0
        thread.free += queued
        rest = at - before + thread.pending - on_cpu - queued
        thread.pending = 0.0
        old, new = thread.share_out(rest, call != RUNNING, at - self._before - on_cpu)
        # what waits for longer than a tick is on a CPU again for what it does then, not for more waits
        counted = turns if before >= self._before else min(turns, 1)
        ended, begun = thread.share_turns(counted, call != RUNNING)
        thread.wait(before, at, old, ended)
        if was_running:  # the CPU time was spent where it ran, before it blocked or moved on
            self._work(thread, before, at, on_cpu)
        self._see(thread, at, call, item, stack)
        thread.turns_seen.see(thread.blocked, at, counters[0])
        if not was_running:
            self._work(thread, before, at, on_cpu)
        thread.owed, thread.owed_turns = new, begun
        if not was_running:
            again = not thread.running and thread.stack == line >= 0
            self.herds.woke(thread.group, turns, on_cpu, again=again)
        if woken and thread.inside is not None:
            thread.works.append(Entry(at - queued, at, *thread.inside, thread.stack, queued))
        else:
            self._queue(thread, at, queued)
        thread.turns_seen.moved = True
        thread.at = at

    def _unchanged(self, thread: ThreadTime, at: float) -> None:
        """A thread whose counters did not move: it waited all the time, for its object or for a CPU."""
        if thread.blocked is not None:
            thread.wait(thread.at, at, at - thread.at)
        elif thread.running:
            thread.pending += at - thread.at
        thread.at = at
        if thread.others:
            thread.others = {}

    def _see(self, thread: ThreadTime, at: float, call: int, item: int, stack: int) -> None:
        """Take over what a row says of the thread's state."""
        key = (thread.process, thread.tid)
        thread.others = {}
        if stack >= 0:
            thread.stack = stack
            known = self._reader.code(stack)
            if not thread.grouped and known is not None and known.frames:
                named = self._reader.thread(*key)
                thread.group = group_of(known, named, self._reader.program(thread.process))
                thread.turns_seen.pooled = in_pool(known, named)
                thread.grouped = True
        thread.running = call == RUNNING
        thread.object = item
        holder, flags = self._reader.gil.get(thread.process, (0, 0))
        thread.holds_gil = holder == thread.tid and bool(flags & GilFlag.LOCKED)
        thread.collects = thread.holds_gil and bool(flags & GilFlag.COLLECTING)
        thread.inside = None
        if thread.running:
            thread.blocked = None
            outside = not thread.holds_gil and thread.process in self._reader.gil
            if outside and thread.stack >= 0:
                thread.inside = self._lines.call_on(thread.stack)
            self._lines.count(thread.stack, TimeClass.NATIVE if outside else TimeClass.PYTHON, -1)
        else:
            thread.blocked = self._class(thread, call, item)
            self._lines.count(thread.stack, thread.blocked, item)
        self._ways.see(thread)
        thread.turns_seen.in_callback = self.loops.in_callback(key, thread.stack)
        self.loops.see(key, thread.group, at, thread.stack, thread.blocked, self._reader.object(item))

    def _class(self, thread: ThreadTime, call: int, item: int) -> TimeClass:
        key = (call, item, thread.stack, thread.main, thread.young)
        found = self._classes.get(key)
        if found is None:
            stack = self._reader.code(thread.stack)
            found = self._classes[key] = class_of(
                call,
                self._reader.object(item),
                stack.frames if stack else (),
                main=thread.main,
                young=thread.young,
            )
        return found

    # -- booking ------------------------------------------------------------------------------------

    def _work(self, thread: ThreadTime, t0: float, t1: float, seconds: float) -> None:
        if seconds <= 0:
            return
        stack = self._reader.code(thread.stack)
        free = thread.running and not thread.holds_gil and self._lines.releases_gil(thread.stack)
        books, time, item = thread.works, TimeClass.PYTHON, -1
        if thread.inside is not None:
            time, item = thread.inside
        elif thread.collects:
            time = TimeClass.GC
        elif free or stack is None or not stack.frames:
            books, time = thread.outside_gil, TimeClass.NATIVE
        call = (thread.blocked, thread.object) if thread.blocked in CALLS else None
        books.append(Entry(t0, t1, time, item, thread.stack, seconds, call=call))

    def _queue(self, thread: ThreadTime, at: float, seconds: float) -> None:
        """A delay that ends now began `seconds` ago; what of it lies before the end of a stop by the CPU
        quota is throttling, not other work on the CPUs."""
        if seconds <= 0:
            return
        start = at - seconds
        stopped = min(max(0.0, self._throttled_until - start), seconds)
        for time, t0, weight in (
            (TimeClass.THROTTLED, start, stopped),
            (TimeClass.RUNQUEUE, start + stopped, seconds - stopped),
        ):
            if weight > 0:
                thread.queues.append(Entry(t0, t0 + weight, time, -1, thread.stack, weight))
