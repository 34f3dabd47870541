"""CPU time of the host: all CPUs together by mode, and how long each CPU was busy.

`cpu.time{mode}` and `cpu.busy{cpu}` in seconds, `cpu.online`. Busy is everything but idle and waiting for
disks; time that a hypervisor took away (steal) counts as busy, for nobody here could use it. Guest time is
part of user time. From /proc/stat.
"""

from collections.abc import Iterable

from perfdiag.host import Host
from perfdiag.host.procfs import CLOCK_TICKS
from perfdiag.host.procfs_system import CPU_MODES, parse_system_stat
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gauge
from perfdiag.units import Unit

_IDLE = (CPU_MODES.index("idle"), CPU_MODES.index("iowait"))


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    cpus = parse_system_stat(host.proc("stat")).cpus
    for mode, ticks in zip(CPU_MODES, cpus.get("cpu", ()), strict=False):
        yield counter("cpu.time", ticks / CLOCK_TICKS, Unit.SECONDS, mode=mode)
    single = {name: ticks for name, ticks in cpus.items() if name != "cpu"}
    for name, modes in single.items():
        busy = sum(modes) - sum(modes[mode] for mode in _IDLE if mode < len(modes))
        yield counter("cpu.busy", busy / CLOCK_TICKS, Unit.SECONDS, cpu=name.removeprefix("cpu"))
    yield gauge("cpu.online", len(single))


SPEC = Collector(name="cpu", help=__doc__ or "", scope="host", collect=collect)
