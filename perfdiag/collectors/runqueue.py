"""How many threads want a CPU.

`runqueue.running` (on a CPU or ready for one; perfdiag itself is one of them), `runqueue.blocked` (waiting
for a device), `load.mean{window}`, `cpu.switches`, `processes.created`; and `runqueue.wait`, seconds that
threads were ready and waited, on kernels that have /proc/schedstat. From /proc/stat and /proc/loadavg.
"""

from collections.abc import Iterable

from perfdiag.errors import NoData
from perfdiag.host import Host
from perfdiag.host.procfs_system import parse_host_schedstat, parse_loadavg, parse_system_stat
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gather, gauge
from perfdiag.units import Unit


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    return gather(lambda: _counts(host), lambda: _load(host), lambda: _waits(host))


def _counts(host: Host) -> Iterable[Sample]:
    stat = parse_system_stat(host.proc("stat"))
    yield gauge("runqueue.running", stat.running)
    yield gauge("runqueue.blocked", stat.blocked)
    yield counter("cpu.switches", stat.switches)
    yield counter("processes.created", stat.forks)


def _load(host: Host) -> Iterable[Sample]:
    load = parse_loadavg(host.proc("loadavg"))
    for window, value in (("1m", load.one), ("5m", load.five), ("15m", load.fifteen)):
        yield gauge("load.mean", value, window=window)
    yield gauge("host.threads", load.threads)


def _waits(host: Host) -> Iterable[Sample]:
    try:
        text = host.proc("schedstat")
    except NoData:
        return  # built without CONFIG_SCHEDSTATS: nothing is wrong, /proc/pressure says much the same
    waits = parse_host_schedstat(text)
    yield counter("runqueue.wait", sum(wait for _, wait in waits.values()) / 1e9, Unit.SECONDS)


SPEC = Collector(name="runqueue", help=__doc__ or "", scope="host", collect=collect)
