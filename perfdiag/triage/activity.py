"""What each process did, from sweeps over all of them: CPU, waiting, memory and blocked looks.

A process counts for the whole time of watching, also for that in which it was not there: one that used a CPU
for a second of ten used a tenth of a CPU.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from perfdiag.host.sweep import Swept
from perfdiag.model import Estimate
from perfdiag.stats.counts import Events, Proportion
from perfdiag.stats.means import Mean
from perfdiag.triage.records import Figure
from perfdiag.units import Unit

_BLOCKED, _ENDED = "D", ("Z", "X")


def key_of(swept: Swept) -> Hashable:
    """Names a process for its life."""
    return (swept.pid, swept.started)


@dataclass(slots=True)
class Watched:
    """One process so far."""

    first: Swept
    last: Swept
    seen: float  # when it was seen first
    cpu: Mean = field(default_factory=Mean)
    wait: Mean = field(default_factory=Mean)
    faults: Events = field(default_factory=Events)
    blocked: Proportion = field(default_factory=Proportion)

    def take(self, now: Swept | None, seconds: float, since: Swept | None) -> None:
        """What it did in the last seconds; `now` None: it was not there any more, `since` None: not yet."""
        spent = waited = failed = 0.0
        if now is not None:
            spent = now.user + now.system - (since.user + since.system if since else 0.0)
            waited = now.delay - (since.delay if since else 0.0)
            failed = now.major_faults - (since.major_faults if since else 0)
            self.last = now
            self.blocked = self.blocked.take(float(now.state == _BLOCKED), 1.0)
        self.cpu = self.cpu.take(max(0.0, spent) / seconds, seconds)
        self.wait = self.wait.take(max(0.0, waited) / seconds, seconds)
        self.faults = self.faults.take(max(0.0, failed), seconds)

    @property
    def kernel(self) -> bool:
        """A thread of the kernel: it has no memory of its own. One that has ended has none either."""
        return not self.first.resident and self.first.state not in _ENDED

    def figures(self, window: tuple[float, float]) -> Iterable[tuple[Figure, Estimate]]:
        yield Figure.CPU, self.cpu.estimate(Unit.COUNT, window)
        yield Figure.WAIT, self.wait.estimate(Unit.RATIO, window, most=1.0)
        yield Figure.RESIDENT, gauge(self.last.resident, Unit.BYTES, window)
        if self.seen < window[1] and self.last.resident:  # what has ended holds nothing and did not shrink
            grown = (self.last.resident - self.first.resident) / (window[1] - self.seen)
            yield Figure.GROWTH, gauge(grown, Unit.BYTES_PER_SECOND, window)
        yield Figure.MAJOR_FAULTS, self.faults.estimate(window)
        if self.blocked.whole:
            yield Figure.BLOCKED, self.blocked.estimate(window)


def gauge(value: float, unit: Unit, window: tuple[float, float]) -> Estimate:
    """A number that was read, not estimated."""
    return Estimate(value=value, low=value, high=value, unit=unit, n=1, window=window)


class Activities:
    """Feed `take` every sweep, with its time in seconds. A process that appears has spent all that it spent
    since the sweep before, unless that is more than it can have."""

    def __init__(self) -> None:
        self.processes: dict[Hashable, Watched] = {}
        self.alive: set[Hashable] = set()  # in the last sweep
        self._started = self._last = 0.0
        self._sweeps = 0

    def take(self, at: float, swept: Iterable[Swept]) -> None:
        now = {key_of(process): process for process in swept}
        if not self._sweeps:
            self._started = at
        seconds = at - self._last
        for key, process in now.items():
            if key not in self.processes:
                self.processes[key] = self._met(process, at)
                if self._sweeps:
                    young = process.user + process.system <= seconds * process.threads
                    self.processes[key].take(process, seconds, None if young else process)
        if self._sweeps and seconds > 0:
            for key, watched in self.processes.items():
                if watched.seen < at:
                    watched.take(now.get(key), seconds, watched.last)
        self.alive = {key for key, process in now.items() if process.state not in _ENDED}
        self._last = at
        self._sweeps += 1

    def _met(self, process: Swept, at: float) -> Watched:
        """A process that is seen for the first time: before that it did nothing."""
        watched = Watched(process, process, at)
        if self._last > self._started:
            absent = self._last - self._started
            watched.cpu = watched.cpu.take(0.0, absent)
            watched.wait = watched.wait.take(0.0, absent)
            watched.faults = watched.faults.take(0.0, absent)
        return watched
