"""Waits that look like work in hand and are not: nothing came of them while they were looked at.

A thread that waited for a peer, a child or a lock all the time, and never ran, may wait for work as well: a
subscriber of a silent channel, a supervisor of a child, a worker at an empty queue that is written in C. So may
one that only sleeps and does nothing in between: the scheduler of a daemon. In a worker of a pool the same wait
holds up the work that it was given. A lock whose holder was seen is a lock.
"""

from collections.abc import Sequence

from perfdiag.attribution.thread_time import Entry, ThreadTime
from perfdiag.model import ON_CPU, TimeClass

_FOR_WORK = {TimeClass.NETWORK, TimeClass.CHILD}
_NOTHING = 0.0005  # of the time on a CPU: a timer that wakes, looks at the clock and sleeps again


def without_timers(thread: ThreadTime, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries of one step, waits for work among them made idle."""
    if not thread.moved:
        for entry in entries:
            lock = entry.time is TimeClass.LOCK and entry.other < 0
            if lock or (entry.time in _FOR_WORK and not thread.pooled):
                entry.time = TimeClass.IDLE
    elif not thread.pooled and not thread.young and _only_sleeps(entries):
        for entry in entries:
            if entry.time is TimeClass.SLEEP:
                entry.time = TimeClass.IDLE
    return entries


def _only_sleeps(entries: Sequence[Entry]) -> bool:
    worked = sum(entry.weight for entry in entries if entry.time in ON_CPU)
    slept = sum(entry.weight for entry in entries if entry.time is TimeClass.SLEEP)
    others = sum(entry.weight for entry in entries) - worked - slept
    return slept > 0 and worked + others < _NOTHING * slept
