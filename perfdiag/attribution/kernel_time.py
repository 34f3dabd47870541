"""CPU time that the kernel spent: in the call that a line is known for, in page faults, or in other calls.

The kernel counts system time in clock ticks and page faults one by one. A fault has a price, so faults times
price is the part of the system time that they can have taken; what is left went to system calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from perfdiag.model import Snapshot, TimeClass

_COMPUTING = (TimeClass.PYTHON, TimeClass.NATIVE)
_LEAST = 2  # clock ticks; one says nothing about where the time went
_PRICE = 2e-6  # seconds of a fault where nobody measured it: between bare metal and a guest
_MORE = 1.5  # what a page costs in all: it is also given back
_HUGE = 256  # a page of 2 MiB against one of 4 KiB: 512 times the memory, and less of everything else
_READ = {"memory.huge_faults", "memory.fault_price"}


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
    faults: float = 0.0
    turns: float = 0.0  # of a wait: how many of them ended


class Counted(NamedTuple):
    """What the kernel counts of a thread: user and system time in clock ticks, page faults."""

    utime: int = 0
    stime: int = 0
    faults: int = 0

    def since(self, before: "Counted") -> "Counted":
        return Counted(*(now - then for now, then in zip(self, before, strict=True)))


def split(works: Sequence[Entry], outside: Sequence[Entry], grown: Counted, price: float) -> list[Entry]:
    """CPU entries with the part of the kernel as classes of their own. `outside`: those without the GIL;
    `grown`: what was counted meanwhile; `price`: seconds of a page fault.

    System time is taken from the CPU outside the GIL first: that is where system calls are made.
    """
    total = sum(entry.weight for entry in (*works, *outside))
    if total <= 0:
        return [*works, *outside]
    for entry in (*works, *outside):
        entry.faults = grown.faults * entry.weight / total
    ticks = grown.utime + grown.stime
    if ticks < _LEAST or grown.stime == 0:
        return [*works, *outside]
    left, moved = total * grown.stime / ticks, list[Entry]()
    for part in (outside, works):
        weight = sum(entry.weight for entry in part)
        share = min(1.0, left / weight) if weight > 0 else 0.0
        left -= share * weight
        moved += [_taken(entry, share) for entry in part if share > 0 and entry.time in _COMPUTING]
    rest = [entry for entry in (*outside, *works) if entry.weight > 1e-12]
    return [*_in_faults(moved, grown.faults * price), *rest]


def _taken(entry: Entry, share: float) -> Entry:
    """The part of the kernel of an entry, which keeps the rest."""
    time, item = entry.call or (TimeClass.KERNEL, -1)
    taken = replace(entry, time=time, object=item, weight=entry.weight * share, call=None)
    taken.faults, entry.faults = entry.faults, 0.0
    entry.weight -= taken.weight
    return taken


def _in_faults(entries: list[Entry], seconds: float) -> list[Entry]:
    """Entries in which at most so many seconds of calls that are not known are page faults instead."""
    unknown = sum(entry.weight for entry in entries if entry.time is TimeClass.KERNEL)
    share = min(1.0, seconds / unknown) if unknown > 0 else 0.0
    if share <= 0:
        return entries
    result = []
    for entry in entries:
        if entry.time is TimeClass.KERNEL:
            result.append(replace(entry, time=TimeClass.FAULT, weight=entry.weight * share))
            entry.weight, entry.faults = entry.weight * (1 - share), 0.0
        if entry.weight > 1e-12:
            result.append(entry)
    return result


class FaultPrice:
    """Seconds of a page fault, by the snapshots: measured on this host, and more for huge pages."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self._snapshots = snapshots  # may still grow
        self._next = 0
        self._until = -inf  # the time of the last snapshot that was taken
        self._price = _PRICE * _MORE
        self._before: tuple[float, float] | None = None  # faults and huge faults of the host

    def at(self, end: float) -> float:
        """The price in the step that ends then; steps are asked for in order."""
        while self._next < len(self._snapshots) and self._until < end:
            one = self._snapshots[self._next]
            self._take(one)
            self._next, self._until = self._next + 1, one.at
        return self._price

    def _take(self, snapshot: Snapshot) -> None:
        found = {sample.name: sample.value for sample in snapshot.samples if sample.name in _READ}
        faults = sum(
            sample.value
            for sample in snapshot.samples
            if sample.name == "memory.faults" and ("kind", "minor") in sample.labels
        )
        now = (faults, found.get("memory.huge_faults", 0.0))
        grown = [after - before for before, after in zip(self._before or now, now, strict=True)]
        self._before = now
        huge = min(1.0, max(0.0, grown[1]) / grown[0]) if grown[0] > 0 else 0.0
        self._price = found.get("memory.fault_price", _PRICE) * _MORE * (1 + (_HUGE - 1) * huge)
