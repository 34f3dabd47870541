"""The time of one thread between two ticks: how much of it was CPU, how much queue, how much waiting.

The kernel counts CPU and run-queue time exactly (schedstat); what is left of the interval was spent blocked.
Two things make it less simple. The queue is credited only when the thread gets a CPU, so a thread that is
ready and does not move has a debt of time (`pending`) that a later delay pays. And the CPU time of a running
thread lags behind by up to a scheduler tick, so what is left over between two looks at a running thread
(`loose`) is summed with its sign and judged once per step.
"""

from dataclasses import dataclass, field

from perfdiag.attribution.kernel_time import Counted, Entry, split
from perfdiag.attribution.turns import Turns
from perfdiag.model import Slice, TimeClass

_TOLD = 10  # clock ticks of CPU after which system time is told from user time
_DUST = 0.01  # seconds per step: the lag of the kernel's counters, not a wait


@dataclass(slots=True)
class ThreadTime:
    """What is known of a thread at its last row, and what was booked for it in this step."""

    process: int
    tid: int
    group: str
    grouped: bool  # the group was told by a stack, not only by the thread's name
    main: bool
    young: bool
    born: float
    at: float
    cpu: int = 0
    delay: int = 0
    turns: int = 0  # times it was given a CPU
    counted: Counted = field(default_factory=Counted)
    marked: Counted = field(default_factory=Counted)  # when the CPU time on the books began
    turns_seen: Turns = field(default_factory=lambda: Turns(pooled=False))
    running: bool = False
    blocked: TimeClass | None = None
    object: int = -1
    stack: int = -1
    inside: tuple[TimeClass, int] | None = None  # running within a system call of this class, on this object
    holds_gil: bool = False
    collects: bool = False  # garbage, in the holder of the GIL
    pending: float = 0.0
    loose: float = 0.0
    free: float = 0.0  # seconds in which it had nothing in hand: it waited for work, or for a CPU
    owed: float = 0.0  # seconds of the present wait from before its first tick, not booked yet
    owed_turns: float = 0.0  # and waits like it that ended before that
    others: dict[int, int] = field(default_factory=dict)
    waits: list[Entry] = field(default_factory=list)
    works: list[Entry] = field(default_factory=list)
    outside_gil: list[Entry] = field(default_factory=list)
    queues: list[Entry] = field(default_factory=list)
    told: list[Entry] = field(
        default_factory=list
    )  # CPU time of this step of which the kernel's part is known

    def share_out(self, rest: float, blocks: bool, newest: float) -> tuple[float, float]:
        """Blocked seconds of the present wait and of the one that begins now, if it `blocks`; what belongs to
        neither is loose. The new wait is at most `newest` long: before that the thread had not run."""
        if rest <= 0 or not (blocks or self.blocked):
            self.loose += rest
            return 0.0, 0.0
        if not blocks:
            return rest, 0.0
        if not self.blocked:
            return 0.0, rest
        new = max(0.0, min(rest, newest)) / 2
        return rest - new, new

    def share_turns(self, turns: int, blocks: bool) -> tuple[float, float]:
        """Of the times that it was given a CPU since its last row, those that ended a wait like the present
        one, and those that ended a wait like the one that begins now, if it `blocks`."""
        if self.blocked is None:
            return 0.0, float(turns) if blocks else 0.0
        unseen = max(0, turns - 1) / 2 if blocks else 0.0
        return turns - unseen, unseen

    def wait(self, t0: float, t1: float, weight: float, turns: float = 0.0) -> None:
        """Book blocked time in the present wait, split over who stood in the way of it; `turns`: waits that
        ended."""
        weight, t0, self.owed = weight + self.owed, t0 - self.owed, 0.0
        turns, self.owed_turns = turns + self.owed_turns, 0.0
        if weight <= 0 or self.blocked is None:
            return
        if self.blocked is TimeClass.IDLE:
            self.free += weight
        total = sum(self.others.values())
        time = self.turns_seen.told(self.blocked, self.object)
        for other, count in self.others.items() if total else ((-1, 1),):
            part = weight * count / (total or 1)
            ended = turns * part / weight
            self.waits.append(Entry(t0, t1, time, self.object, self.stack, part, other, turns=ended))

    def settle(self) -> None:
        """Book what no sample saw: short waits between two looks at a running thread."""
        seen = sum(entry.weight for entry in self.waits)
        if self.loose > 0 and seen > 0:
            factor = 1 + self.loose / seen
            for entry in self.waits:
                entry.weight *= factor
                entry.turns *= factor
        elif self.loose > _DUST:
            booked = self.works or self.outside_gil or self.told or self.queues
            if booked:
                base = booked[-1]
                self.waits.append(Entry(base.t0, base.t1, TimeClass.UNKNOWN, -1, base.stack, self.loose))
        self.loose = min(self.loose, 0.0)

    def count(self, counted: Counted, price: float) -> None:
        """Take over what the kernel counted up to now; with enough of it, the CPU time up to now is split.
        `price`: seconds of a page fault."""
        if counted == self.counted:  # most rows: they are refreshed a few times a second
            return
        self.counted = Counted(*map(max, self.counted, counted))
        grown = self.counted.since(self.marked)
        if grown.utime + grown.stime >= _TOLD:
            self._split(price)

    def _split(self, price: float) -> None:
        self.told += split(self.works, self.outside_gil, self.counted.since(self.marked), price)
        self.works, self.outside_gil, self.marked = [], [], self.counted

    def take(self, price: float) -> list[Entry]:
        """Everything booked in this step; empties the books."""
        self.settle()
        self._split(price)
        entries = self.waits + self.told + self.queues
        self.waits, self.told, self.queues = [], [], []
        return entries


def slices_of(thread: ThreadTime, price: float) -> list[Slice]:
    """What was booked for a thread in this step; empties its books."""
    return [
        Slice(
            process=thread.process,
            tid=thread.tid,
            t0=entry.t0,
            t1=entry.t1,
            time=entry.time,
            object=entry.object,
            stack=entry.stack,
            weight=entry.weight,
            other=entry.other,
            faults=entry.faults,
            turns=entry.turns,
        )
        for entry in thread.take(price)
    ]
