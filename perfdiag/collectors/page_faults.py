"""What page faults cost on this machine, measured once: `memory.fault_price`, seconds of the first touch of a
page of 4 KiB. And `memory.huge_faults`, those that were given a page of 2 MiB at once, from /proc/vmstat.
"""

from collections.abc import Iterable

from perfdiag.host import Host
from perfdiag.host.page_faults import price
from perfdiag.host.procfs_system import parse_vmstat
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gauge
from perfdiag.units import Unit

_HUGE = "thp_fault_alloc"


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    found = parse_vmstat(host.proc("vmstat"), {_HUGE})
    if _HUGE in found:
        yield counter("memory.huge_faults", found[_HUGE])
    yield gauge("memory.fault_price", price(), Unit.SECONDS)


SPEC = Collector(name="page_faults", help=__doc__ or "", scope="host", collect=collect)
