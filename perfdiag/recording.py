"""A Recording: everything that was collected, and nothing that was concluded.

`profile` fills one in memory, `record` writes it to a file, the daemon keeps a ring of them; everything after
`collect` is a pure function of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from perfdiag.model import Meta, Object, Process, Snapshot, Stack, Thread
from perfdiag.ticks import Ticks


@dataclass(slots=True, kw_only=True)
class Recording:
    """Grows while it is collected: lists are only appended to, ids are indices into them. `meta` is replaced
    when the recording is closed."""

    meta: Meta
    snapshots: list[Snapshot] = field(default_factory=list)
    ticks: Ticks = field(default_factory=Ticks)
    processes: list[Process] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)

    @property
    def window(self) -> tuple[float, float]:
        """Monotonic seconds from the first tick or snapshot to the last."""
        at = self.ticks.ticks["at_ns"]
        times = [s.at for s in (self.snapshots[:1] + self.snapshots[-1:])]
        times += [at[0] / 1e9, at[-1] / 1e9] if at else []
        return (min(times), max(times)) if times else (0.0, 0.0)

    def tick_spans(self) -> Iterator[tuple[Snapshot, int, int]]:
        """For each snapshot, the half-open range of ticks made since the one before."""
        at, start = self.ticks.ticks["at_ns"], 0
        for number, snapshot in enumerate(self.snapshots):
            stop = start
            last = number == len(self.snapshots) - 1
            while stop < len(at) and (last or at[stop] <= snapshot.at * 1e9):
                stop += 1
            yield snapshot, start, stop
            start = stop
