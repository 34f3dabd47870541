"""Rows of the target and of its peers -> what the other end of a wait did while it was waited for.

Both are looked at in the same ticks, so each look in which a thread waits on an object says what the process
at the other end of it does at that moment. What a peer does is what those of its threads do that have work in
hand: those that compute, else those that wait for something; idle when there are none.
"""

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from perfdiag.attribution.blocked import class_of
from perfdiag.attribution.reader import Reader, Row
from perfdiag.model import Role, Snapshot, TimeClass
from perfdiag.peer_time import TARGET, Block, Doing, PeerTime, Wait
from perfdiag.recording import Recording
from perfdiag.ticks import RUNNING, TASK, UNREADABLE, RowFlag
from perfdiag.timetable import BLOCK, MOST_BLOCKS

TITLE, SIBLING = "peer.title", "peer.sibling"  # samples of the snapshots, labels pid, title (and of)
_IDLE = Doing(TimeClass.IDLE, -1, -1)
_SOON = 2  # ticks between the looks at the two ends of a wait that has just begun


class _Thread(NamedTuple):
    """`since`: the tick in which it was last seen to run. `timed`: it sleeps as a timer does, or for whom it
    answers; which of them is told by when it began."""

    doing: Doing
    since: int
    timed: bool


class Peers:
    """State of the fold over a recording with its peers, which may still grow; `seen` is its result."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._reader = Reader(recording)
        self.seen = PeerTime()
        self._threads: dict[int, dict[int, _Thread]] = {}  # of each process
        self._waiting: Counter[tuple[int, int]] = Counter()  # (waiter, object)
        self._begun: dict[tuple[int, int], int] = {}  # (waiter, object) -> tick of the newest wait
        self._waits: dict[tuple[int, int], tuple[int, ...]] = {}  # (waiter, object) -> ends
        self._classes: dict[tuple[int, int, int, bool], tuple[TimeClass, bool]] = {}
        self._things: dict[tuple[str, str], int] = {}
        self._blocks = self._snapshots = 0
        self._until = -1.0  # the end of the present block
        self._length = BLOCK

    def step(self, start: int, stop: int, snapshot: Snapshot) -> None:
        """The ticks start..stop, which end with the snapshot."""
        if all(one.role is not Role.PEER for one in self._recording.processes):
            self._snapshots += 1
            return
        self._relate()
        while self._blocks > MOST_BLOCKS:
            self._double()
        first = self._blocks - (self._length > BLOCK)  # a longer one may go on
        at = self._recording.ticks.ticks["at_ns"]
        for number in range(start, stop):
            if at[number] / 1e9 >= self._until or (number == start and self._length == BLOCK):
                self._blocks += 1
                self._until = at[number] / 1e9 + self._length
            for row in self._reader.rows(number):
                self._row(row)
            for key, ends in self._waits.items():
                waiting = self._waiting[key]
                if waiting:
                    self._count(key, ends, waiting)
        self._titles(snapshot, first)
        self._snapshots += 1

    def _double(self) -> None:
        """Make the blocks twice as long, of a look that is; a block has the last title in it."""
        self._length *= 2
        self._blocks = (self._blocks + 1) // 2
        for blocks in self.seen.waits.values():
            for block, after in zip(blocks[::2], blocks[1::2], strict=False):
                after.looks += block.looks
                after.title = after.title or block.title
                for one, looks in block.doing.items():
                    after.doing[one] = after.doing.get(one, 0.0) + looks
            blocks[:] = blocks[1::2] + blocks[len(blocks) - len(blocks) % 2 :]

    def _relate(self) -> None:
        """Who is at the other end of what, by now."""
        found: dict[tuple[int, int], list[int]] = {}
        processes = self._recording.processes
        for end, process in enumerate(processes):
            for waiter, item in process.serves:
                if 0 <= waiter < len(processes) and 0 <= item < len(self._recording.objects):
                    found.setdefault((self._waiter(waiter), self._thing(item)), []).append(end)
        self._waits = {key: tuple(dict.fromkeys(ends)) for key, ends in found.items()}
        self.seen.processes = dict(enumerate(processes))

    def _waiter(self, process: int) -> int:
        peer = self._recording.processes[process].role is Role.PEER
        return process if peer else TARGET

    def _thing(self, item: int) -> int:
        """One id for a thing and its phases (connecting, sending)."""
        known = self._reader.object(item)
        if known is None:
            return -1
        return self._things.setdefault((known.type.value, known.name), item)

    def _row(self, row: Row) -> None:
        tick, process, tid, *_, call, item, stack, flags = row
        threads = self._threads.setdefault(process, {})
        before = self._waits_on(process, threads.pop(tid, None))
        if before is not None:
            self._waiting[before] -= 1
        if flags & RowFlag.GONE:
            return
        threads[tid] = self._thread(tick, process, tid, call, item, stack)
        now = self._waits_on(process, threads[tid])
        if now is not None:
            self._waiting[now] += 1
            self._begun[now] = tick

    def _waits_on(self, process: int, thread: _Thread | None) -> tuple[int, int] | None:
        """The relation in which a thread waits, if it waits with work in hand."""
        if thread is None or thread.doing.object < 0 or thread.doing.time is TimeClass.IDLE:
            return None
        return self._waiter(process), self._thing(thread.doing.object)

    def _thread(self, tick: int, process: int, tid: int, call: int, item: int, stack: int) -> _Thread:
        if call == RUNNING:
            return _Thread(Doing(TimeClass.PYTHON, -1, stack), tick, False)
        main = tid == self._recording.processes[process].pid
        key = (call, item, stack, main)
        if key not in self._classes:
            self._classes[key] = self._class(call, item, stack, main)
        time, timed = self._classes[key]
        return _Thread(Doing(time, item, stack), tick, timed)

    def _class(self, call: int, item: int, stack: int, main: bool) -> tuple[TimeClass, bool]:
        """What it waits for, and whether it may be a timer."""
        known, code = self._reader.object(item), self._reader.code(stack)
        if call == TASK:  # of a task only what it waits on is known
            return (TimeClass.NETWORK if known is not None else TimeClass.IDLE), False
        if call == UNREADABLE:
            return TimeClass.UNKNOWN, False
        frames = code.frames if code else ()
        time = class_of(call, known, frames, main=main, young=False)
        timed = time is TimeClass.IDLE and bool(frames)
        in_hand = class_of(call, known, frames, main=main, young=True) if timed else time
        return in_hand, in_hand is not time

    def _count(self, key: tuple[int, int], ends: tuple[int, ...], waiting: int) -> None:
        begun = self._begun[key] - _SOON
        for end in ends:
            threads = self._threads.get(end)
            if not threads:
                continue  # not looked at yet, or ended
            block = self._block(Wait(*key, end))
            block.looks += waiting
            for one, part in _done(threads.values(), begun).items():
                block.doing[one] = block.doing.get(one, 0.0) + part * waiting

    def _block(self, wait: Wait) -> Block:
        blocks = self.seen.waits.setdefault(wait, [])
        blocks += [Block(snapshot=self._snapshots) for _ in range(self._blocks - len(blocks))]
        return blocks[-1]

    def _titles(self, snapshot: Snapshot, first: int) -> None:
        """Of the blocks from the `first` on."""
        titles: dict[int, str] = {}
        for sample in snapshot.samples:
            labels = dict(sample.labels)
            if sample.name not in (TITLE, SIBLING) or not labels.get("pid", "").isdigit():
                continue
            pid, title = int(labels["pid"]), labels.get("title", "")
            titles[pid] = title
            if sample.name == SIBLING and labels.get("of", "").isdigit():
                known = self.seen.siblings.setdefault(int(labels["of"]), {}).setdefault(pid, [])
                known += [""] * (self._snapshots - len(known)) + [title]
        for wait, blocks in self.seen.waits.items():
            for block in blocks[first:]:
                block.title = titles.get(self._recording.processes[wait.end].pid, "")


def _done(threads: Collection[_Thread], begun: int) -> dict[Doing, float]:
    """What a process does for a wait that began at this tick, as parts of one."""
    at_work = [one.doing for one in threads if one.doing.time is TimeClass.PYTHON]
    at_work = at_work or [
        one.doing
        for one in threads
        if one.doing.time is not TimeClass.IDLE and (not one.timed or one.since >= begun)
    ]
    if not at_work:
        return {_IDLE: 1.0}
    return {one: count / len(at_work) for one, count in Counter(at_work).items()}
