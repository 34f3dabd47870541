"""The tick loop: one look at all threads of all followed processes after the other, on one clock."""

import random
from collections.abc import Callable

from perfdiag.host.clock import Clock
from perfdiag.sampler.member import Member
from perfdiag.sampler.throttle import Throttle
from perfdiag.ticks import TickFlag, Ticks

_JITTER = 0.2  # of the interval, so that a periodic target is not sampled in step
_HIGH_RATE = 200  # above it schedstat lags behind a running thread: look at it again


class Loop:
    """Makes ticks of its `members`; `ticks` collects rows until the caller takes them. Members that have
    ended go from `members` to `ended`. `interval` (nanoseconds) and `turns` (a thread is looked at in every
    so many-th tick) may be changed between two ticks."""

    def __init__(self, *, rate: float, clock: Clock, throttle: Throttle) -> None:
        self.ticks = Ticks()
        self.members: list[Member] = []
        self.ended: list[Member] = []
        self.made = 0
        self.interval = int(1e9 / rate)
        self.turns = 1
        self._asked = self.interval
        self._clock, self._throttle = clock, throttle
        self._random = random.Random(0)  # noqa: S311 - jitter, not a secret; a seed makes runs alike
        self._late = False

    @property
    def slowed(self) -> bool:
        """Whether threads are looked at less often than was asked for."""
        return self.turns > 1 or self.interval > self._asked

    def run(self, until_ns: int, between: Callable[[], bool]) -> None:
        """Tick until `until_ns`; `between` is called after each tick and ends the run by returning False.

        A tick that comes late is skipped, not made up for: a burst of ticks after a stall would weigh the
        stall too little.
        """
        due = self._clock.monotonic_ns()
        while True:
            now = self._clock.monotonic_ns()
            if now >= until_ns:
                return
            self.tick(now)
            if not between():
                return
            due += int(self.interval * (1 + _JITTER * (2 * self._random.random() - 1)))
            now = self._clock.monotonic_ns()
            self._late = now - due > self.interval
            if due > now:
                self._clock.sleep((due - now) / 1e9)
            else:
                due = now

    def tick(self, now: int) -> None:
        """One look at all threads."""
        number = self.made
        again = self.interval < 1e9 / _HIGH_RATE
        ended = [member for member in self.members if not self._look(member, number, now, again)]
        for member in ended:
            self.drop(member, number)
        flags = TickFlag.LATE if self._late else TickFlag(0)
        # after the delays were read: a stop that ends in between is flagged now and paid for in the next
        # tick, never paid for before it is flagged
        if self._throttle and self._throttle.grew():
            flags |= TickFlag.THROTTLED
        self.ticks.ticks.append(now, flags)
        self.made += 1

    def _look(self, member: Member, number: int, now: int, again: bool) -> bool:
        turns = self.turns * member.rarer
        return member.look(number, now, self.ticks, again=again, turn=number % turns, turns=turns)

    def drop(self, member: Member, number: int) -> None:
        """The process has ended by tick `number`, though its files may stay until its parent has asked for
        its status."""
        member.end(number, self.ticks)
        self.members.remove(member)
        self.ended.append(member)
