"""Where the time of all threads goes, in blocks of a quarter of a second, or longer ones for a long look.

Slices are folded into rows keyed by (process, group, class, object, stack, other) with one weight per block;
shares and their intervals, and what findings claim, are computed from it. A *group* is the set of threads
with the same root function (or the same event loop): pressure is a property of a group.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from perfdiag.model import Slice, TimeClass

BLOCK = 0.25  # seconds; long against a tick, short against a look of ten seconds
MOST_BLOCKS = 1024  # above it two become one: a day must not need 8,600 times the memory of ten seconds


class TimeKey(NamedTuple):
    process: int
    group: str
    time: TimeClass
    object: int
    stack: int
    other: int


class Episode(NamedTuple):
    """A callback that held up the event loop of a thread; `spent`: seconds by stack, `depth`: how many frames
    of it, from the leaf, are the callback's."""

    process: int
    tid: int
    group: str
    t0: float
    t1: float
    spent: dict[int, float]
    depth: Mapping[int, int] = {}


class Doing(NamedTuple):
    """What the holder of a lock does: its class when blocked (None: it runs, or nobody was seen), on what
    object, at what stack. `tid` 0: the holder was not seen."""

    tid: int
    time: TimeClass | None
    object: int
    stack: int


class LockUse(NamedTuple):
    """What was seen of a lock while threads waited for it: seconds of each episode of waiting and of holding,
    seconds of its waiters by what the holder did, and the last stack of each waiter. `blocks`: threads that
    wait for it now and stand still -> who has it, where that is certain, and since when they stand."""

    process: int
    object: int
    waits: tuple[float, ...]
    holds: tuple[float, ...]
    doing: Mapping[Doing, float]
    waiters: Mapping[tuple[int, int], int]
    blocks: Mapping[int, tuple[int, float]]


class Wakes(NamedTuple):
    """Of a group of threads: how many woke, summed over the ticks, and how many of them waited again in the
    same line at once, with next to no CPU time; turns on a CPU of these. Squares are of a tick, summed."""

    ticks: int
    woken: int
    in_vain: int
    in_vain_squared: int
    turns: int
    turns_squared: int


@dataclass(slots=True)
class TimeTable:
    """Grows by `add`; `rows[key][block]` is seconds, `by_thread[process, tid, group]` the seconds of a thread
    that were busy (True) and idle (False), `faults[stack]` page faults, `turns[key]` waits that ended,
    `wakes[group]` who woke in vain, `unaccepted[group]` the share of looks in which connections waited for
    threads of the group to accept them."""

    start: float
    block: float = BLOCK  # seconds
    blocks: int = 0
    rows: dict[TimeKey, defaultdict[int, float]] = field(default_factory=dict)
    by_thread: dict[tuple[int, int, str], dict[bool, float]] = field(default_factory=dict)
    faults: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    turns: defaultdict[TimeKey, float] = field(default_factory=lambda: defaultdict(float))
    wakes: Mapping[str, Wakes] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)  # of pressure, where they are not the defaults
    episodes: Sequence[Episode] = ()
    locks: Sequence[LockUse] = ()
    unaccepted: Mapping[str, float] = field(default_factory=dict)

    def add(self, part: Slice, group: str) -> None:
        """Book a slice; it is split over the blocks that it touches."""
        key = TimeKey(part.process, group, part.time, part.object, part.stack, part.other)
        while part.t1 - self.start > MOST_BLOCKS * self.block:
            self._double()
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = defaultdict(float)
        first = int((part.t0 - self.start) / self.block)
        last = max(first, int((part.t1 - self.start) / self.block - 1e-9))
        self.blocks = max(self.blocks, last + 1)
        if first == last:
            row[first] += part.weight
        else:
            density = part.weight / (part.t1 - part.t0)
            for block in range(first, last + 1):
                low = max(part.t0, self.start + block * self.block)
                high = min(part.t1, self.start + (block + 1) * self.block)
                row[block] += density * (high - low)
        spent = self.by_thread.setdefault((part.process, part.tid, group), {True: 0.0, False: 0.0})
        spent[part.time is not TimeClass.IDLE] += part.weight
        if part.turns:
            self.turns[key] += part.turns
        if part.faults:
            self.faults[part.stack] += part.faults

    def _double(self) -> None:
        """Make the blocks twice as long; what is known of each time stays as it is."""
        self.block *= 2
        self.blocks = (self.blocks + 1) // 2
        for key, row in self.rows.items():
            self.rows[key] = defaultdict(float)
            for block, seconds in row.items():
                self.rows[key][block // 2] += seconds
