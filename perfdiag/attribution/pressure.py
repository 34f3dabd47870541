"""Whether a group of threads is under pressure, by the limits of `perfdiag.gate`.

Occupancy is the busy time of the threads that ever worked, over their wall time.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfdiag.gate import DEFAULTS
from perfdiag.model import Estimate, TimeClass
from perfdiag.ticks import FIRST_TASK
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit

_EVER_BUSY = 0.02  # of its time; below it a thread is a bystander of its group
_QUEUES = {TimeClass.RUNQUEUE, TimeClass.POOL, TimeClass.QUEUE}  # waits in a queue that can be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLoad:
    """Busy and wall thread seconds of the threads of a group that ever worked, what of the busy time was
    spent in queues and stopped by a quota, and the wall time in callbacks that blocked an event loop;
    `unaccepted` as in the time table."""

    group: str
    threads: int
    busy: float
    wall: float
    queued: float
    throttled: float
    stalled: float = 0.0
    unaccepted: float = 0.0
    limits: Mapping[str, float] = field(default_factory=lambda: DEFAULTS)

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
        """Occupied, or held up."""
        if self.busy <= 0:
            return False
        limits = self.limits
        held_up = self.queued >= limits["queued"] * self.busy or self.throttled > 0
        return (
            self.occupancy >= limits["occupancy"]
            or (held_up and self.occupancy >= limits["occupancy_held_up"])
            or self.stalled >= limits["stalled"] * self.wall
            or self.unaccepted >= limits["unaccepted"]
        )


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
    # asyncio makes a task for each piece of work: between two of them its group is idle
    for group in {group for _, tid, group in table.by_thread if tid >= FIRST_TASK} & wall.keys():
        wall[group] = max(wall[group], table.blocks * table.block)
    queued: dict[str, float] = defaultdict(float)
    throttled: dict[str, float] = defaultdict(float)
    for key, blocks in table.rows.items():
        if key.time in _QUEUES:
            queued[key.group] += sum(blocks.values())
        elif key.time is TimeClass.THROTTLED:
            throttled[key.group] += sum(blocks.values())
    stalled: dict[str, float] = defaultdict(float)
    for episode in table.episodes:
        stalled[episode.group] += episode.t1 - episode.t0
    limits = {**DEFAULTS, **table.limits}
    return {
        group: GroupLoad(
            group=group,
            threads=threads[group],
            busy=busy[group],
            wall=wall[group],
            queued=queued[group],
            throttled=throttled[group],
            stalled=stalled[group],
            unaccepted=table.unaccepted.get(group, 0.0),
            limits=limits,
        )
        for group in busy
    }
