"""Waits that look like work in hand and are not: nothing came of them while they were looked at.

A thread that waits for a peer, a child or a lock from before the first look, and has not run since, may
wait for work as well: a subscriber of a silent channel, a supervisor of a child, a worker at an empty
queue of C code. Until it runs for the first time that wait is idle. So is a sleep, or a lock whose holder
was not seen, after a turn in which next to nothing was done: the timer of a scheduler, a queue that has
little to give. In a worker of a pool a wait holds up the work that it was given, in a callback of an event
loop all other callbacks, and a lock whose holder was seen is a lock. Who sends has work in hand, also when
the peer takes so little that it does not run for seconds.
"""

from dataclasses import dataclass, field

from perfdiag.model import TimeClass

_FOR_WORK = {TimeClass.NETWORK, TimeClass.CHILD, TimeClass.SLEEP}
_RETURNED_TO = {TimeClass.SLEEP, TimeClass.LOCK}
_NOTHING = 0.0005  # of a turn on a CPU: it woke, looked at the clock and slept again
_BEFORE = 1.0  # seconds: how long the wait is taken to have lasted that the first look found a thread in


@dataclass(slots=True)
class Turns:
    """What a thread did between its waits, as far as it was seen. `pooled`: a worker of a library's pool."""

    pooled: bool
    moved: bool = False  # it ran since it was first seen
    in_callback: bool = False  # of an event loop
    empty: bool = False  # next to nothing was done in the turn before the present wait
    held: set[int] = field(default_factory=set)  # objects in whose way somebody was seen to stand
    _last: TimeClass | None = None
    _at: float = 0.0
    _cpu: int = 0

    def begin(self, time: TimeClass | None, at: float, cpu: int) -> None:
        """The first row: a lock that it waited for before the first look has been waited for some time."""
        if time is TimeClass.LOCK:
            self.see(time, at if self.moved else at - _BEFORE, cpu)

    def see(self, time: TimeClass | None, at: float, cpu: int) -> None:
        """A row: what the thread is blocked in (None: it runs), and its CPU time in nanoseconds."""
        if time is None:
            return
        again = time is self._last and time in _RETURNED_TO
        self.empty = again and cpu - self._cpu < _NOTHING * (at - self._at) * 1e9
        self._last, self._at, self._cpu = time, at, cpu

    def told(self, time: TimeClass, item: int) -> TimeClass:
        """The class of a wait for an object, or IDLE where nothing shows that it is not one for work."""
        if self.in_callback:
            return time
        nothing_came = self.empty or not self.moved
        if time is TimeClass.LOCK:
            return TimeClass.IDLE if nothing_came and item not in self.held else time
        if self.pooled or time not in _FOR_WORK:
            return time
        return TimeClass.IDLE if nothing_came else time
