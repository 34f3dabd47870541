"""Who wakes the threads that wait at a place: those who share it with them, others, or the clock.

A turn is given back by one of those who take turns; work is put there by somebody else. Neither is seen in
the act, but who wakes a thread has run in the same look: over many looks, the number that was woken goes
along with the number of those who woke them that ran.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

Key = tuple[int, int]  # process, tid

_MANY = 2000  # looks after which those before count half
_FEW = 4  # wakes; before that nothing is known
_ALONG = 0.3  # correlation: three times what chance gives in a hundred looks
_PRESENT = 0.6  # of the looks with a wake: another thread ran
_REGULAR = 0.05  # of the time between two wakes of a thread: its standard deviation
_MISPLACED = 0.006  # seconds: that of a time that is read every 10 ms
_TOLD = 0.03  # seconds: shorter intervals all look alike


@dataclass(slots=True)
class Sums:
    """Sums over looks of two counts, their squares and their product."""

    looks: float = 0.0
    first: float = 0.0
    second: float = 0.0
    squares: float = 0.0
    second_squares: float = 0.0
    products: float = 0.0

    def add(self, first: float, second: float) -> None:
        if self.looks >= _MANY:
            for name in self.__slots__:
                setattr(self, name, getattr(self, name) / 2)
        self.looks += 1
        self.first += first
        self.second += second
        self.squares += first * first
        self.second_squares += second * second
        self.products += first * second

    @property
    def correlation(self) -> float:
        """Pearson's coefficient; 0 where one of the counts is always the same."""
        n = self.looks
        spread = (n * self.squares - self.first**2) * (n * self.second_squares - self.second**2)
        return (n * self.products - self.first * self.second) / sqrt(spread) if spread > 0 else 0.0


@dataclass(slots=True)
class Waking:
    """What was counted at one place."""

    wakes: int = 0
    events: int = 0  # looks in which somebody was woken
    _others: Sums = field(default_factory=Sums)  # woken, other threads that ran
    _fellows: Sums = field(default_factory=Sums)  # woken, threads that share the place and ran
    _present: Sums = field(default_factory=Sums)  # somebody was woken, another thread ran
    _last: dict[Key, float] = field(default_factory=dict)
    _intervals: Sums = field(default_factory=Sums)

    def woke(self, at: float, keys: Iterable[Key]) -> None:
        """These threads were woken since the last look."""
        for key in keys:
            self.wakes += 1
            if key in self._last:
                self._intervals.add(at - self._last[key], 0.0)
            self._last[key] = at

    def count(self, woken: int, others: int, fellows: int) -> None:
        """A look: how many were woken, and how many threads ran that do not share the place, and that do."""
        self._others.add(woken, others)
        self._fellows.add(woken, fellows)
        if woken:
            self.events += 1
            self._present.add(1, others > 0)

    @property
    def seen(self) -> bool:
        """Whether enough were woken to tell by whom."""
        return self.wakes >= _FEW

    @property
    def at_a_time(self) -> float:
        """How many are woken together."""
        return self.wakes / max(1, self.events)

    @property
    def by_others(self) -> bool:
        """Whether threads that do not share the place wake those that wait."""
        present = self._present.second >= _PRESENT * self._present.looks
        return self.seen and present and self._others.correlation >= _ALONG

    @property
    def regular(self) -> bool:
        """Whether nobody wakes them, but the clock: at even intervals, whatever the others do."""
        mean = self._intervals.first / max(1.0, self._intervals.looks)
        variance = self._intervals.squares / max(1.0, self._intervals.looks) - mean * mean
        even = variance <= max(_MISPLACED, _REGULAR * mean) ** 2
        return self.seen and even and mean >= _TOLD and self._fellows.correlation < _ALONG
