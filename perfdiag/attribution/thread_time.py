"""The time of one thread between two ticks: how much of it was CPU, how much queue, how much waiting.

The kernel counts CPU and run-queue time exactly (schedstat); what is left of the interval was spent blocked.
Two things make it less simple. The queue is credited only when the thread gets a CPU, so a thread that is
ready and does not move has a debt of time (`pending`) that a later delay pays. And the CPU time of a running
thread lags behind by up to a scheduler tick, so what is left over between two looks at a running thread
(`loose`) is summed with its sign and judged once per step.
"""

from dataclasses import dataclass, field

from perfdiag.attribution.turns import Turns
from perfdiag.model import Slice, TimeClass

_DUST = 0.01  # seconds per step: the lag of the kernel's counters, not a wait


@dataclass(slots=True)
class Entry:
    """Seconds of one class on one stack; becomes a Slice."""

    t0: float
    t1: float
    time: TimeClass
    object: int
    stack: int
    weight: float
    other: int = -1
    call: tuple[TimeClass, int] | None = None  # class and object of the system time in it, when it is known


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
    utime: int = 0
    stime: int = 0
    marked: tuple[int, int] = (0, 0)  # utime, stime at the start of the step
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
    owed: float = 0.0  # seconds of the present wait from before its first tick, not booked yet
    others: dict[int, int] = field(default_factory=dict)
    waits: list[Entry] = field(default_factory=list)
    works: list[Entry] = field(default_factory=list)
    outside_gil: list[Entry] = field(default_factory=list)
    queues: list[Entry] = field(default_factory=list)

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

    def wait(self, t0: float, t1: float, weight: float) -> None:
        """Book blocked time in the present wait, split over who stood in the way of it."""
        weight, t0, self.owed = weight + self.owed, t0 - self.owed, 0.0
        if weight <= 0 or self.blocked is None:
            return
        total = sum(self.others.values())
        time = self.turns_seen.told(self.blocked, self.object)
        for other, count in self.others.items() if total else ((-1, 1),):
            part = weight * count / (total or 1)
            self.waits.append(Entry(t0, t1, time, self.object, self.stack, part, other))

    def settle(self) -> None:
        """Book what no sample saw: short waits between two looks at a running thread."""
        seen = sum(entry.weight for entry in self.waits)
        if self.loose > 0 and seen > 0:
            factor = 1 + self.loose / seen
            for entry in self.waits:
                entry.weight *= factor
        elif self.loose > _DUST:
            booked = self.works or self.outside_gil or self.queues
            if booked:
                base = booked[-1]
                self.waits.append(Entry(base.t0, base.t1, TimeClass.UNKNOWN, -1, base.stack, self.loose))
        self.loose = min(self.loose, 0.0)

    def split_kernel(self) -> list[Entry]:
        """CPU entries, with the share that the kernel spent in system calls as a class of its own, or as part
        of the wait that the call is known for.

        System time is taken from the CPU outside the GIL first: that is where system calls are made.
        """
        user, system = self.utime - self.marked[0], self.stime - self.marked[1]
        entries = self.works + self.outside_gil
        total = sum(entry.weight for entry in entries)
        if user + system < 2 or system == 0 or total <= 0:
            return entries
        kernel = total * system / (user + system)
        result = []
        for part in (self.outside_gil, self.works):
            weight = sum(entry.weight for entry in part)
            share = min(1.0, kernel / weight) if weight > 0 else 0.0
            kernel -= share * weight
            for entry in part:
                if share > 0 and entry.time in (TimeClass.PYTHON, TimeClass.NATIVE):
                    moved = entry.weight * share
                    time, item = entry.call or (TimeClass.KERNEL, -1)
                    result.append(Entry(entry.t0, entry.t1, time, item, entry.stack, moved))
                    entry.weight -= moved
                if entry.weight > 1e-12:
                    result.append(entry)
        return result

    def take(self) -> list[Entry]:
        """Everything booked in this step; empties the books."""
        self.settle()
        entries = self.waits + self.split_kernel() + self.queues
        self.waits, self.works, self.outside_gil, self.queues = [], [], [], []
        self.marked = (self.utime, self.stime)
        return entries


def slices_of(thread: ThreadTime) -> list[Slice]:
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
        )
        for entry in thread.take()
    ]
