"""Pressure stall information: seconds in which tasks with work in hand were stopped by a lack of a resource.

`pressure.stall{resource, kind}`, resources cpu, memory and io; kind `some` (at least one task) and `full`
(all of them at once). Totals, not the kernel's means: what happened between two readings is their difference.
From /proc/pressure (Linux 4.20, built with CONFIG_PSI and not switched off with psi=0).
"""

from collections.abc import Iterable

from perfdiag.host import Host
from perfdiag.host.procfs_system import parse_pressure
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gather
from perfdiag.units import Unit


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    return gather(*(lambda name=name: _resource(host, name) for name in ("cpu", "memory", "io")))


def _resource(host: Host, name: str) -> Iterable[Sample]:
    stalled = parse_pressure(host.proc(f"pressure/{name}"), f"/proc/pressure/{name}")
    yield counter("pressure.stall", stalled.some, Unit.SECONDS, resource=name, kind="some")
    if stalled.full is not None and name != "cpu":  # of the whole host it is always 0 for the CPU
        yield counter("pressure.stall", stalled.full, Unit.SECONDS, resource=name, kind="full")


SPEC = Collector(name="pressure", help=__doc__ or "", scope="host", collect=collect)
