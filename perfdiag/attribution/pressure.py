"""Whether a group of threads is under pressure: a share of time alone is no illness (design 4.2).

Occupancy is the busy time of the threads that ever worked, over their wall time. A server at 20 % load spends
most of its busy time computing and is healthy.
"""

from collections import defaultdict
from dataclasses import dataclass

from perfdiag.model import Estimate, TimeClass
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit

OCCUPIED = 0.5
_EVER_BUSY = 0.02  # of its time; below it a thread is a bystander of its group
_QUEUED = 0.2  # of busy time spent ready but not running: a queue that can be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLoad:
    """Busy and wall thread seconds of the threads of a group that ever worked."""

    group: str
    threads: int
    busy: float
    wall: float
    queued: float
    throttled: float

    @property
    def occupancy(self) -> float:
        return self.busy / self.wall if self.wall > 0 else 0.0

    @property
    def estimate(self) -> Estimate:
        """The occupancy, at most 1, of so many threads. A count of all time: it has no interval."""
        value = min(1.0, self.occupancy)
        return Estimate(value=value, low=value, high=value, unit=Unit.RATIO, n=self.threads)

    @property
    def pressed(self) -> bool:
        """Occupied; or half as much, and held up by a visible queue or a quota."""
        if self.busy <= 0:
            return False
        held_up = self.queued >= _QUEUED * self.busy or self.throttled > 0
        return self.occupancy >= OCCUPIED or (held_up and self.occupancy >= OCCUPIED / 2)


def loads(table: TimeTable) -> dict[str, GroupLoad]:
    """The load of every group, by name; groups that never worked are left out."""
    threads: dict[str, int] = defaultdict(int)
    busy: dict[str, float] = defaultdict(float)
    wall: dict[str, float] = defaultdict(float)
    for (_, _, group), spent in table.by_thread.items():
        total = spent[True] + spent[False]
        if total > 0 and spent[True] >= _EVER_BUSY * total:
            threads[group] += 1
            busy[group] += spent[True]
            wall[group] += total
    held: dict[tuple[str, TimeClass], float] = defaultdict(float)
    for key, blocks in table.rows.items():
        if key.time in (TimeClass.RUNQUEUE, TimeClass.THROTTLED):
            held[key.group, key.time] += sum(blocks.values())
    return {
        group: GroupLoad(
            group=group,
            threads=threads[group],
            busy=busy[group],
            wall=wall[group],
            queued=held[group, TimeClass.RUNQUEUE],
            throttled=held[group, TimeClass.THROTTLED],
        )
        for group in busy
    }
