"""Memory of the host: what there is, what the kernel does to find more, and whom it kills.

Gauges in bytes: `memory.total`, `memory.available`, `memory.free`, `memory.cached`, `memory.dirty`,
`memory.writeback`, `swap.total`, `swap.free`. Counters: `memory.oom_kills`, `memory.faults{kind}` (major: a
disk was read), `swap.bytes{direction}`, `memory.scanned{kind}` (bytes looked at to be reclaimed, by kswapd or
by the thread that asked: direct), `memory.refaults{kind}` (pages that had to come back), `memory.stalls`
(allocations that had to reclaim first). From /proc/meminfo and /proc/vmstat; what a kernel does not count is
left out.
"""

from collections.abc import Iterable, Mapping

from perfdiag.host import Host
from perfdiag.host.procfs import PAGE
from perfdiag.host.procfs_system import parse_meminfo, parse_vmstat
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gather, gauge
from perfdiag.units import Unit

_GAUGES = {
    "memory.total": "MemTotal",
    "memory.available": "MemAvailable",
    "memory.free": "MemFree",
    "memory.cached": "Cached",
    "memory.dirty": "Dirty",
    "memory.writeback": "Writeback",
    "swap.total": "SwapTotal",
    "swap.free": "SwapFree",
}
_STALLS = tuple(f"allocstall_{zone}" for zone in ("dma", "dma32", "normal", "movable"))
_WANTED = frozenset(
    (
        "pgfault",
        "pgmajfault",
        "pswpin",
        "pswpout",
        "pgscan_kswapd",
        "pgscan_direct",
        "workingset_refault_file",
        "workingset_refault_anon",
        "oom_kill",
        *_STALLS,
    )
)


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    return gather(lambda: _levels(host), lambda: _events(parse_vmstat(host.proc("vmstat"), _WANTED)))


def _levels(host: Host) -> Iterable[Sample]:
    memory = parse_meminfo(host.proc("meminfo"))
    for name, field in _GAUGES.items():
        if field in memory:
            yield gauge(name, memory[field], Unit.BYTES)


def _events(vmstat: Mapping[str, int]) -> Iterable[Sample]:
    if "oom_kill" in vmstat:
        yield counter("memory.oom_kills", vmstat["oom_kill"])
    if "pgfault" in vmstat and "pgmajfault" in vmstat:
        yield counter("memory.faults", vmstat["pgfault"] - vmstat["pgmajfault"], kind="minor")
        yield counter("memory.faults", vmstat["pgmajfault"], kind="major")
    for direction in ("in", "out"):
        if (pages := vmstat.get(f"pswp{direction}")) is not None:
            yield counter("swap.bytes", pages * PAGE, Unit.BYTES, direction=direction)
    for kind in ("kswapd", "direct"):
        if (pages := vmstat.get(f"pgscan_{kind}")) is not None:
            yield counter("memory.scanned", pages * PAGE, Unit.BYTES, kind=kind)
    for kind in ("file", "anon"):
        if (pages := vmstat.get(f"workingset_refault_{kind}")) is not None:
            yield counter("memory.refaults", pages, kind=kind)
    stalls = [vmstat[name] for name in _STALLS if name in vmstat]
    if stalls:
        yield counter("memory.stalls", sum(stalls))


SPEC = Collector(name="memory", help=__doc__ or "", scope="host", collect=collect)
