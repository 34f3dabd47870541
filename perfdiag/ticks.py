"""Ticks of the sampler, as integer columns (2,000 threads for ten seconds must not become objects).

A *tick* is one look at all threads. A *row* is written only for a thread that has changed since the last
tick (its schedstat moved, or it is new); a thread without a row in a tick is as it was. The last row of a
thread that ended has the GONE flag. GIL rows are written when holder or state change.
"""

from array import array
from enum import IntFlag

# `call` of a row: a system call number, or one of these
RUNNING = -2  # on a CPU or ready for one
OUTSIDE = -1  # blocked, but not in a system call (a page fault)
UNREADABLE = -3  # /proc/PID/task/TID/syscall was denied
TASK = -4  # no thread, but an asyncio task that waits

FIRST_TASK = 1 << 40  # `tid` of tasks: above every thread's


class TickFlag(IntFlag):
    THROTTLED = 1  # the CPU quota of a cgroup of the target had stopped it during this tick
    LATE = 2  # at least one tick before this one was skipped


class GilFlag(IntFlag):
    LOCKED = 1
    COLLECTING = 2  # the garbage collector was running


class RowFlag(IntFlag):
    TORN = 1  # no consistent stack could be read
    GONE = 2  # the thread has ended
    NO_STACK = 4  # the thread has no Python frames
    WORKED = 8  # `stack` is where it last computed: of a wait since then the code is not known


TICK_COLUMNS = ("at_ns", "flags")
ROW_COLUMNS = (
    "tick",
    "process",
    "tid",
    "cpu_ns",
    "delay_ns",
    "slices",
    "utime",  # clock ticks, refreshed a few times a second
    "stime",
    "faults",
    "call",
    "object",
    "stack",
    "flags",
)
GIL_COLUMNS = ("tick", "process", "holder", "flags")


class Columns:
    """A growing table of 64-bit integers, one array per column."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.columns: dict[str, array[int]] = {name: array("q") for name in names}

    def __len__(self) -> int:
        return len(self.columns[self.names[0]])

    def __getitem__(self, name: str) -> "array[int]":
        return self.columns[name]

    def append(self, *values: int) -> None:
        for name, value in zip(self.names, values, strict=True):
            self.columns[name].append(value)

    def rows(self, start: int = 0, stop: int | None = None) -> "zip[tuple[int, ...]]":
        """Rows start..stop as tuples, in the order of `names`."""
        return zip(*(self.columns[name][start:stop] for name in self.names), strict=True)


class Ticks:
    """All ticks of a recording. `row.process` and `gil.process` index `Recording.processes`."""

    def __init__(self) -> None:
        self.ticks = Columns(TICK_COLUMNS)
        self.rows = Columns(ROW_COLUMNS)
        self.gil = Columns(GIL_COLUMNS)
