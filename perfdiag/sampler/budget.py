"""Holds what looking costs within what was asked: fewer looks first, then each look at a part of the threads.

The price of a look depends on what the target does, so it is measured as it goes, and looks become more again
when they have become cheaper. The same holds the size of the recording.
"""

import os
import time
from dataclasses import dataclass

from perfdiag.sampler.loop import Loop

ROWS = 2_000_000  # in a recording, some 200 MB
_FIRST, _WINDOW = 0.1, 0.4  # seconds to the first measurement, and between two
_AIM = 0.9  # of the budget: the price changes from look to look
_EASE = 0.7  # of the budget; below it looks become more again
_RISE = 1.5  # at most so much more at a time
_FEWEST = 10.0  # looks a second, before threads take turns
_MOST_TURNS = 32
_AT_LEAST = 60.0  # seconds for which there is to be room from the beginning
_SLOWEST = 1_000_000_000  # nanoseconds between two looks


@dataclass(frozen=True, slots=True)
class _Mark:
    wall: float
    cpu: float
    rows: int


class Budget:
    """Changes the loop's `interval` and `turns`. `share`: of one core, for this process and its parent;
    `until`: when the recording ends, in monotonic seconds."""

    def __init__(self, loop: Loop, share: float, *, until: float, parent: int, procfs: str) -> None:
        self._loop, self._share, self._until = loop, share, until
        self._asked = loop.interval
        self._slower = 1.0  # times that looking at a thread is rarer than asked
        self._full = self._ever = False  # the size of the recording was the reason; there was one
        self._worst = 1
        try:
            self._parent = os.open(f"{procfs}/{parent}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._parent = -1  # then only what this process uses is counted
        self._first = self._last = _Mark(time.monotonic(), self._cpu(), 0)

    def hold(self, now: float, rows: int) -> None:
        """Compare what was used with what may be; `rows` are those made so far."""
        if now - self._last.wall < (_FIRST if self._last is self._first else _WINDOW):
            return
        mark = _Mark(now, self._cpu(), rows)
        spent, made = self._used(self._last, mark) / self._share, self._filled(mark)
        over = self._used(self._first, mark) > self._share
        self._last = mark
        self._full = self._full or made > max(1.0, spent)
        load = max(spent, made)
        if load > 1 or (over and load > _AIM):
            self._slow(self._slower * load / _AIM)
        elif load < _EASE and not over and self._slower > 1:
            self._slow(self._slower * max(load / _AIM, 1 / _RISE))

    def _filled(self, mark: _Mark) -> float:
        """Rows made lately, of those that there is room for: until the end, or, where that is far, for as
        long again as it has lasted."""
        lasted = mark.wall - self._first.wall
        ahead = min(self._until - mark.wall, max(_AT_LEAST, lasted))
        room = max(1, ROWS - mark.rows) / max(_WINDOW, ahead)
        return (mark.rows - self._last.rows) / (mark.wall - self._last.wall) / room

    def _slow(self, factor: float) -> None:
        slowest = max(1.0, _SLOWEST * _MOST_TURNS / self._asked)
        self._slower = min(max(1.0, factor), slowest)  # what cannot be held would let it grow for ever
        self._ever = self._ever or factor > 1
        fewest = max(self._asked, int(1e9 / _FEWEST))
        interval = self._asked * self._slower
        turns = min(_MOST_TURNS, -(-int(interval) // fewest))
        self._loop.turns = max(1, turns)
        self._loop.interval = min(_SLOWEST, int(interval / self._loop.turns))
        self._worst = max(self._worst, self._loop.turns)

    def told(self) -> dict[str, float | int | bool]:
        """What was achieved."""
        now = _Mark(time.monotonic(), self._cpu(), self._last.rows)
        return {
            "used": self._used(self._first, now),
            "slowed": self._ever,
            "turns": self._worst,
            "full": self._full,
        }

    @staticmethod
    def _used(before: _Mark, after: _Mark) -> float:
        return (after.cpu - before.cpu) / max(1e-3, after.wall - before.wall)

    def _cpu(self) -> float:
        """Seconds of this process and its parent."""
        parent = 0.0
        if self._parent >= 0:
            try:
                parent = int(os.pread(self._parent, 64, 0).split()[0]) / 1e9
            except (OSError, ValueError, IndexError):
                parent = 0.0
        return time.process_time() + parent
