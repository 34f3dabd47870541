"""Threads that wake at the same time for nothing: each had a turn on a CPU and waits again in the same line.

One such thread is a wait that was cut short. Many at the same tick are a herd: something told all of them
what was meant for one. Threads that wake for reasons of their own do so independently: then the number of
their turns at a tick has about its mean as variance, while a herd of n has n times that. (Of native threads
the line is not known: they may well have done something in between.)
"""

from dataclasses import dataclass

from perfdiag.timetable import Wakes

_IN_VAIN = 50e-6  # seconds on a CPU in a turn, at most: it looked, and found nothing to do


@dataclass(slots=True)
class _Place:
    now: int = 0  # threads that woke at the present tick
    turns_now: int = 0
    threads: int = 0
    threads_squared: int = 0
    turns: int = 0
    turns_squared: int = 0

    def close(self) -> None:
        self.threads += self.now
        self.threads_squared += self.now * self.now
        self.turns += self.turns_now
        self.turns_squared += self.turns_now * self.turns_now
        self.now = self.turns_now = 0


class Herds:
    """Counts, for each group of threads, those that wake in vain at the same tick."""

    def __init__(self) -> None:
        self._ticks = 0
        self._places: dict[str, _Place] = {}
        self._woken: dict[str, int] = {}

    def woke(self, group: str, turns: int, on_cpu: float, *, again: bool) -> None:
        """A thread that waited has had so many turns; `again`: it waits in the same line as before."""
        if turns <= 0:
            return
        self._woken[group] = self._woken.get(group, 0) + 1
        if again and on_cpu <= _IN_VAIN * turns:
            place = self._places.setdefault(group, _Place())
            place.now += 1
            place.turns_now += turns

    def tick(self) -> None:
        """The present tick is over."""
        self._ticks += 1
        for place in self._places.values():
            if place.now:
                place.close()

    def wakes(self) -> dict[str, Wakes]:
        """What was counted up to now, by group."""
        return {
            group: Wakes(
                ticks=self._ticks,
                woken=self._woken[group],
                in_vain=place.threads,
                in_vain_squared=place.threads_squared,
                turns=place.turns,
                turns_squared=place.turns_squared,
            )
            for group, place in self._places.items()
            if place.threads
        }
