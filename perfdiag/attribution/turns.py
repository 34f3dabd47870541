"""Waits that look like work in hand and are not: nothing came of them while they were looked at.

A thread that waits for a peer, a child or a lock from before the first look, and has not run since, may wait
for work as well: a subscriber of a silent channel, a supervisor of a child, a worker at an empty queue of
C code. Until it runs for the first time that wait is idle. So is a sleep after a turn in which next to
nothing was done: the timer of a scheduler. In a worker of a pool the same wait holds up the work that it was
given; a lock whose holder was seen is a lock.
"""

from dataclasses import dataclass

from perfdiag.model import TimeClass

_FOR_WORK = {TimeClass.NETWORK, TimeClass.CHILD, TimeClass.SLEEP}
_NOTHING = 0.0005  # of a turn on a CPU: it woke, looked at the clock and slept again


@dataclass(slots=True)
class Turns:
    """What a thread did between its waits, as far as it was seen. `pooled`: a worker of a library's pool."""

    pooled: bool
    moved: bool = False  # it ran since it was first seen
    timer: bool = False  # nothing was done in the turn before the present sleep
    _slept_at: float = -1.0
    _cpu: int = 0

    def see(self, time: TimeClass | None, at: float, cpu: int) -> None:
        """A row: what the thread is blocked in (None: it runs), and its CPU time in nanoseconds."""
        if time is TimeClass.SLEEP:
            turn = at - self._slept_at
            self.timer = self._slept_at >= 0 and cpu - self._cpu < _NOTHING * turn * 1e9
            self._slept_at, self._cpu = at, cpu
        elif time is not None:
            self._slept_at, self.timer = -1.0, False

    def told(self, time: TimeClass, *, holder_seen: bool) -> TimeClass:
        """The class of a wait, or IDLE where nothing shows that it is not one for work."""
        if time is TimeClass.LOCK and not self.moved and not holder_seen:
            return TimeClass.IDLE
        if self.pooled or time not in _FOR_WORK:
            return time
        nothing_came = self.timer if time is TimeClass.SLEEP else False
        return TimeClass.IDLE if nothing_came or not self.moved else time
