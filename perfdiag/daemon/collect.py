"""One tick: every collector, the sweep over all processes, and what perfdiag itself costs."""

import logging
import resource
from collections.abc import Iterable, Sequence
from dataclasses import replace

from perfdiag.daemon.groups import Groups, member_of
from perfdiag.errors import Broken, FaultKind, Missing
from perfdiag.host import Host
from perfdiag.host.sweep import Sweep
from perfdiag.model import Fault, Kind, Sample, Snapshot
from perfdiag.plugins import Collector
from perfdiag.units import Unit

_log = logging.getLogger(__name__)


class Collection:
    """Makes snapshots. What cannot be read becomes a Fault, logged when it is new, and the rest goes on.

    `sighted` says whether the last sweep saw any process."""

    def __init__(self, host: Host, collectors: Sequence[Collector]) -> None:
        self._host = host
        self._collectors = tuple(c for c in collectors if c.scope == "host")
        self._sweep = Sweep(host)
        self._groups = Groups()
        self.sighted = False
        self._known: set[tuple[str, FaultKind]] = set()

    def host_snapshot(self) -> Snapshot:
        """What the collectors see now."""
        samples: list[Sample] = []
        faults: list[Fault] = []
        at, wall = self._host.clock.monotonic_ns() / 1e9, self._host.clock.wall()
        for collector in self._collectors:
            try:
                for sample in collector.collect(self._host, None):
                    samples.append(sample)
            except Missing as missing:
                faults.append(Fault(source=collector.name, kind=missing.kind, detail=str(missing)))
            except (ArithmeticError, LookupError, ValueError) as error:
                detail = f"{type(error).__name__}: {error}"
                faults.append(Fault(source=collector.name, kind=Broken.kind, detail=detail))
        return Snapshot(at=at, wall=wall, samples=tuple(samples), faults=tuple(faults))

    def with_groups(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the process groups, and its faults as samples."""
        faults = list(snapshot.faults)
        self.sighted = False
        try:
            swept = self._sweep.take()
            self._groups.update(member_of(process) for process in swept)
            self.sighted = bool(swept)
        except Missing as missing:
            faults.append(Fault(source="processes", kind=missing.kind, detail=str(missing)))
        self._report(faults)
        counts = [
            gauge("self.faults", 1, ("source", fault.source), ("kind", fault.kind.value)) for fault in faults
        ]
        samples = (*snapshot.samples, *self._groups.samples(), *counts)
        return replace(snapshot, samples=samples, faults=tuple(faults))

    def _report(self, faults: Iterable[Fault]) -> None:
        now = {(fault.source, fault.kind): fault.detail for fault in faults}
        for (source, kind), detail in now.items():
            if (source, kind) not in self._known:
                _log.warning("%s: %s (%s)", source, detail, kind.value)
        for source, kind in self._known - now.keys():
            _log.info("%s: no longer %s", source, kind.value)
        self._known = set(now)


def gauge(name: str, value: float, *labels: tuple[str, str], unit: Unit = Unit.COUNT) -> Sample:
    return Sample(name=name, value=float(value), unit=unit, kind=Kind.GAUGE, labels=labels)


def counter(name: str, value: float, *labels: tuple[str, str], unit: Unit = Unit.COUNT) -> Sample:
    return Sample(name=name, value=float(value), unit=unit, kind=Kind.COUNTER, labels=labels)


def own_cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
