"""At each tick, for each thread that waits for the GIL, a lock, a turn, room or a result: who stands in its
way, and whether it waits for work after all."""

from collections.abc import Callable, Hashable, Mapping

from perfdiag.attribution.full_queues import FullQueues
from perfdiag.attribution.groups import POOL_WORKERS
from perfdiag.attribution.lock_watch import LockWatch
from perfdiag.attribution.reader import Reader
from perfdiag.attribution.sign_locks import SignLocks
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.turn_taking import Function, TurnTaking, works
from perfdiag.attribution.waits import (
    GET,
    PUTS,
    RESULTS,
    SIGNS,
    TURN,
    enters_block,
    in_process_pool,
    outermost_user,
    waiting_frame,
)
from perfdiag.attribution.waking import Key
from perfdiag.model import ObjectType, TimeClass

_WAITS = {TimeClass.GIL, TimeClass.LOCK, TimeClass.POOL, TimeClass.QUEUE}
_TURNS = {GET, TURN, *SIGNS}
_AMBIGUOUS = {*_TURNS, *PUTS, *RESULTS}


class InTheWay:
    """`threads` are all threads alive; `settle(thread, at)` books the time of a wait up to `at`, before its
    class is changed."""

    def __init__(
        self, reader: Reader, threads: Mapping[Key, ThreadTime], settle: Callable[[ThreadTime, float], None]
    ) -> None:
        self._reader, self._threads, self._settle = reader, threads, settle
        self.locks = LockWatch(reader, threads, self._turn)
        self._queues = FullQueues(reader.stack, threads)
        self._signs = SignLocks(reader.stack, threads, self._is_held)
        self._turns = TurnTaking(reader.stack, threads)
        self._waiting: dict[Key, ThreadTime] = {}  # those in whose way somebody stands
        self._results: dict[Key, ThreadTime] = {}  # in the order in which they began to wait
        self._numbers: dict[Hashable, int] = {}
        self._wants: dict[int, tuple[str, str] | None] = {}
        self._jobs: dict[int, str] = {}
        self._takers: dict[int, bool] = {}
        self._before: float | None = None  # time of the last look

    def see(self, thread: ThreadTime) -> None:
        """A row of this thread: what it does now."""
        key = (thread.process, thread.tid)
        self._gone_on(key)
        self.locks.see(thread)
        self._queues.see(key, thread)
        if self._held_elsewhere(thread):
            thread.turns_seen.held.add(thread.object)
            self._signs.forget(key)
        else:
            self._signs.see(key, thread)
        self._turns.see(key, thread, self._job(thread.stack))
        if thread.blocked in _WAITS:
            self._waiting[key] = thread
        want = None if thread.blocked is None else self._want(thread)
        if thread.blocked is TimeClass.POOL or want in _TURNS:
            function = self._function(thread)
            self._turns.waits(key, thread, function, want, within=self._enters(thread.stack))
            self.locks.waits(self._number(function), thread.stack)
            thread.object = -1  # each of these waits is on a futex of its own
        elif want in PUTS:
            self._queues.puts(key, thread, self._function(thread))
            thread.object = -1
        elif want in RESULTS:
            self._results[key] = thread
            thread.object = -1

    def forget(self, key: Key) -> None:
        """The thread has ended."""
        self._gone_on(key)
        self._turns.end(key)
        self._queues.forget(key)
        self._signs.forget(key)

    def _gone_on(self, key: Key) -> None:
        """The thread waits no more."""
        for waiting in (self._waiting, self._results):
            waiting.pop(key, None)
        self._turns.forget(key)

    def look(self, at: float) -> None:
        """A tick, after its rows."""
        self.locks.tick(at)
        self._turns.count(at, lambda function: self._is_held(function[0], self._number(function)))
        self._queues.tick()
        self._signs.tick(at)
        self._tell_apart(at)
        found: dict[tuple[int, TimeClass | None, int], int] = {}
        for thread in self._waiting.values():
            what = (thread.process, thread.blocked, self._what(thread))
            if what not in found or thread.blocked is TimeClass.GIL:
                found[what] = self._in_the_way(thread, what[2])
            stack = found[what]
            thread.others[stack] = thread.others.get(stack, 0) + 1
            if stack >= 0 and thread.blocked is TimeClass.LOCK:
                thread.turns_seen.held.add(thread.object)
        self.locks.look(at if self._before is None else self._before, self._waiting.values())
        self._before = at

    # -- for work or not ----------------------------------------------------------------------------

    def _tell_apart(self, at: float) -> None:
        """Give each wait that could be for work its class, by what the others do."""
        for key, thread in self._turns.undecided():
            self._become(thread, TimeClass.POOL if self._turns.takes_turns(key) else TimeClass.IDLE, at)
        for thread, for_work in self._signs.for_work():
            self._become(thread, TimeClass.IDLE if for_work else TimeClass.LOCK, at)
        putting, backlog = self._queues.putting()
        for thread in putting:
            self._become(thread, TimeClass.QUEUE if backlog else TimeClass.IDLE, at)
        if len(self._results) > 1:
            queued = self._queued()
            for key, thread in self._results.items():
                self._become(thread, TimeClass.POOL if key in queued else TimeClass.IDLE, at)

    def _become(self, thread: ThreadTime, time: TimeClass, at: float) -> None:
        if thread.blocked is time or thread.turns_seen.in_callback:
            return
        if at > thread.at:  # else what is owed is of the wait that has just begun
            self._settle(thread, at)
        thread.blocked = time
        if time is TimeClass.IDLE:
            self._waiting.pop((thread.process, thread.tid), None)
        else:
            self._waiting[thread.process, thread.tid] = thread

    def _queued(self) -> set[Key]:
        """Those that wait for the result of a job that no worker has begun: the latest to wait, where all
        workers of the pools are at work and more wait than there are workers."""
        queued: set[Key] = set()
        for process in {key[0] for key in self._results}:
            keys = [key for key in self._results if key[0] == process]
            workers = self._workers(process)
            if workers and all(map(works, workers)):
                queued.update(keys[len(workers) :])
        return queued

    def _workers(self, process: int) -> list[ThreadTime]:
        """Of the executors of a process: threads, and its children."""
        return [
            thread
            for key, thread in self._threads.items()
            if (key[0] == process and thread.group == POOL_WORKERS)
            or (thread.main and self._reader.parent(key[0]) == process and self._takes_jobs(thread.stack))
        ]

    def _takes_jobs(self, number: int) -> bool:
        """Whether a stack is that of a process of an executor."""
        if number not in self._takers:
            stack = self._reader.stack(number)
            self._takers[number] = stack is not None and in_process_pool(stack.frames)
        return self._takers[number]

    # -- who ----------------------------------------------------------------------------------------

    def _what(self, thread: ThreadTime) -> int:
        """What the thread waits for, as a number: threads of a process that wait for the same are alike."""
        key = (thread.process, thread.tid)
        if thread.blocked is TimeClass.QUEUE:
            return self._number(self._queues.room(key))
        if thread.blocked is TimeClass.POOL and (function := self._turns.place(key)):
            return self._number(function)
        return thread.object

    def _is_held(self, process: int, what: int) -> bool:
        return self.locks.holder(process, what) is not None

    def _in_the_way(self, thread: ThreadTime, what: int) -> int:
        """The stack of who stands in the way of a thread; -1 when nobody was seen."""
        if thread.blocked is TimeClass.GIL:
            holder = self._reader.gil.get(thread.process, (0, 0))[0]
            other = self._threads.get((thread.process, holder))
            return other.stack if other is not None and holder != thread.tid else -1
        if thread.blocked is TimeClass.QUEUE:
            return self._queues.emptied_by((thread.process, thread.tid))
        has_it = self.locks.holder(thread.process, what)
        found = has_it.stack if has_it else -1
        if found < 0 and (thread.process, thread.tid) in self._results:
            return next((worker.stack for worker in self._workers(thread.process)), -1)
        function = self._turns.place((thread.process, thread.tid))
        return self._turns.at_work(function) if found < 0 and function else found

    def _held_elsewhere(self, thread: ThreadTime) -> bool:
        """Whether a thread waits for a lock that another process was seen to have."""
        item = self._reader.object(thread.object) if thread.blocked is TimeClass.LOCK else None
        return item is not None and item.peer_pid != 0

    def _turn(self, key: Key) -> int | None:
        """The number of the place where a thread waits for a turn."""
        function = self._turns.place(key)
        return None if function is None else self._number(function)

    def _want(self, thread: ThreadTime) -> tuple[str, str] | None:
        """What the thread waits in, where the stack alone does not tell its class."""
        item = self._reader.object(thread.object)
        if item is None or item.type is not ObjectType.FUTEX:
            return None
        if thread.stack not in self._wants:
            stack = self._reader.stack(thread.stack)
            row = waiting_frame(stack.frames) if stack else None
            self._wants[thread.stack] = row if row in _AMBIGUOUS else None
        return self._wants[thread.stack]

    def _function(self, thread: ThreadTime) -> Function:
        frame = self._reader.user(thread.stack)
        return (thread.process, frame.file, frame.first_line) if frame else (thread.process, "", 0)

    def _job(self, number: int) -> str:
        """The outermost function of user code of a stack; '' when there is none."""
        if number not in self._jobs:
            stack = self._reader.stack(number)
            self._jobs[number] = outermost_user(stack.frames) if stack else ""
        return self._jobs[number]

    def _enters(self, number: int) -> bool:
        """Whether a stack is below the head of a `with` block."""
        stack = self._reader.stack(number)
        return stack is not None and enters_block(stack.frames)

    def _number(self, place: Hashable) -> int:
        """A place as the number of a lock: below those of objects."""
        return self._numbers.setdefault(place, -2 - len(self._numbers))
