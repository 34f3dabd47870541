"""Rows of the target and of its peers -> what the other end of a wait did while it was waited for.

Both are looked at in the same ticks, so each look in which a thread waits on an object says what the process
at the other end of it does at that moment. What a peer does is what those of its threads do that have work in
hand: those that compute, else those that wait for something; idle when there are none.
"""

from collections import Counter

from perfdiag.attribution.blocked import class_of
from perfdiag.attribution.reader import Reader, Row
from perfdiag.model import Role, Snapshot, TimeClass
from perfdiag.peer_time import TARGET, Doing, PeerTime, Second, Wait
from perfdiag.recording import Recording
from perfdiag.ticks import FIRST_TASK, RUNNING, RowFlag

TITLE, SIBLING = "peer.title", "peer.sibling"  # samples of the snapshots, labels pid, title (and of)
_IDLE = Doing(TimeClass.IDLE, -1, -1)


class Peers:
    """State of the fold over a recording with its peers, which may still grow; `seen` is its result."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._reader = Reader(recording)
        self.seen = PeerTime()
        self._threads: dict[int, dict[int, Doing]] = {}  # of each process
        self._now: dict[int, dict[Doing, float]] = {}  # of a process, until one of its threads changes
        self._waiting: Counter[tuple[int, int]] = Counter()  # (waiter, object)
        self._waits: dict[tuple[int, int], tuple[int, ...]] = {}  # (waiter, object) -> ends
        self._classes: dict[tuple[int, int, int, bool], TimeClass] = {}
        self._things: dict[tuple[str, str], int] = {}
        self._seconds = 0

    def step(self, start: int, stop: int, snapshot: Snapshot) -> None:
        """The ticks start..stop, which end with the snapshot."""
        if all(one.role is not Role.PEER for one in self._recording.processes):
            return
        self._relate()
        self._seconds += 1
        for number in range(start, stop):
            for row in self._reader.rows(number):
                self._row(row)
            for key, ends in self._waits.items():
                waiting = self._waiting[key]
                if waiting:
                    self._count(key, ends, waiting)
        self._titles(snapshot)

    def _relate(self) -> None:
        """Who is at the other end of what, by now."""
        found: dict[tuple[int, int], list[int]] = {}
        for end, process in enumerate(self._recording.processes):
            for waiter, item in process.serves:
                if waiter < len(self._recording.processes) and item < len(self._recording.objects):
                    found.setdefault((self._waiter(waiter), self._thing(item)), []).append(end)
        self._waits = {key: tuple(dict.fromkeys(ends)) for key, ends in found.items()}
        self.seen.processes = dict(enumerate(self._recording.processes))

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
        _, process, tid, *_, call, item, stack, flags = row
        threads = self._threads.setdefault(process, {})
        self._leave(process, threads.pop(tid, None))
        self._now.pop(process, None)
        if not flags & RowFlag.GONE:
            threads[tid] = doing = self._doing(process, tid, call, item, stack)
            if doing.time is not TimeClass.IDLE and doing.object >= 0:
                self._waiting[self._waiter(process), self._thing(doing.object)] += 1

    def _leave(self, process: int, before: Doing | None) -> None:
        if before is not None and before.time is not TimeClass.IDLE and before.object >= 0:
            self._waiting[self._waiter(process), self._thing(before.object)] -= 1

    def _doing(self, process: int, tid: int, call: int, item: int, stack: int) -> Doing:
        if call == RUNNING:
            return Doing(TimeClass.PYTHON, -1, stack)
        main = tid == self._recording.processes[process].pid
        key = (call, item, stack, main)
        time = self._classes.get(key)
        if time is None:
            code = self._reader.code(stack)
            frames = code.frames if code else ()
            known = self._reader.object(item)
            time = class_of(call, known, frames, main=main, young=False)
            if tid >= FIRST_TASK:  # of a task only what it waits on is known
                time = TimeClass.NETWORK if known is not None else TimeClass.IDLE
            self._classes[key] = time
        return Doing(time, item, stack)

    def _count(self, key: tuple[int, int], ends: tuple[int, ...], waiting: int) -> None:
        for end in ends:
            doing = self._now.get(end)
            if doing is None:
                doing = self._now[end] = _done(list(self._threads.get(end, {}).values()))
            if not doing:
                continue  # not looked at yet, or ended
            second = self._second(Wait(*key, end))
            second.looks += waiting
            for one, part in doing.items():
                second.doing[one] = second.doing.get(one, 0.0) + part * waiting

    def _second(self, wait: Wait) -> Second:
        seconds = self.seen.waits.setdefault(wait, [])
        seconds += [Second() for _ in range(self._seconds - len(seconds))]
        return seconds[-1]

    def _titles(self, snapshot: Snapshot) -> None:
        titles: dict[int, str] = {}
        for sample in snapshot.samples:
            labels = dict(sample.labels)
            if sample.name not in (TITLE, SIBLING) or not labels.get("pid", "").isdigit():
                continue
            pid = int(labels["pid"])
            titles[pid] = labels.get("title", "")
            if sample.name == SIBLING and labels.get("of", "").isdigit():
                known = self.seen.siblings.setdefault(int(labels["of"]), {}).setdefault(pid, [])
                known += [""] * (self._seconds - 1 - len(known)) + [titles[pid]]
        for wait, seconds in self.seen.waits.items():
            if len(seconds) == self._seconds:
                seconds[-1].title = titles.get(self._recording.processes[wait.end].pid, "")


def _done(threads: list[Doing]) -> dict[Doing, float]:
    """What a process does, as parts of one."""
    at_work = [one for one in threads if one.time is TimeClass.PYTHON]
    at_work = at_work or [one for one in threads if one.time is not TimeClass.IDLE]
    if not at_work:
        return {_IDLE: 1.0} if threads else {}
    return {one: count / len(at_work) for one, count in Counter(at_work).items()}
