"""A Recording: everything that was collected, and nothing that was concluded.

`profile` fills one in memory, `record` writes it to a file, the daemon keeps a ring of them; everything after
`collect` is a pure function of it.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import compress

from perfdiag.model import Meta, Object, Process, Role, Snapshot, Stack, Thread
from perfdiag.ticks import Columns, Ticks


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

    def of_the_target(self) -> "Recording":
        """Without the peers: what is judged. Ticks, snapshots, objects and stacks are shared, processes have
        new numbers."""
        kept = [number for number, one in enumerate(self.processes) if one.role is not Role.PEER]
        if len(kept) == len(self.processes):
            return self
        numbers = {old: new for new, old in enumerate(kept)}
        ticks = Ticks()
        ticks.ticks = self.ticks.ticks
        for found, into in ((self.ticks.rows, ticks.rows), (self.ticks.gil, ticks.gil)):
            _keep(found, into, numbers)
        return replace(
            self,
            processes=[self.processes[number] for number in kept],
            threads=[
                replace(thread, process=numbers[thread.process])
                for thread in self.threads
                if thread.process in numbers
            ],
            ticks=ticks,
        )


def _keep(found: Columns, into: Columns, numbers: dict[int, int]) -> None:
    """The rows of these processes, under their new numbers."""
    chosen = [process in numbers for process in found["process"]]
    for name in found.names:
        into.columns[name] = array("q", compress(found[name], chosen))
    into.columns["process"] = array("q", (numbers[process] for process in into["process"]))
