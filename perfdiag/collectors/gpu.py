"""GPUs: how busy they are, how full, what they draw, what slows them down, and who computes on them.

`gpu.devices`; for each GPU (label `gpu`: its number and name) `gpu.utilization` (of the time, with at least
one kernel at work), `gpu.memory.used` and `gpu.memory.total`, `gpu.power` (of what it may draw),
`gpu.throttled{reason}` (1: its clocks are held down for this reason), and `gpu.process.memory{pid}` for each
process on it, 0 where the driver does not tell. By NVML, only where the NVIDIA driver is loaded; process ids
are those of the host, which a container does not see.
"""

from collections.abc import Iterable

from perfdiag.errors import NoData
from perfdiag.host import Host
from perfdiag.host.gpu import THROTTLES, Gpu
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import gauge
from perfdiag.units import Unit


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    names = host.list_proc()
    if not names:
        raise NoData(f"{host.procfs}: empty")
    driver = "driver" in names and "nvidia" in host.list_proc("driver")
    gpus = host.gpus.read() if driver else ()
    yield gauge("gpu.devices", len(gpus))
    for one in gpus:
        yield from _samples(one, f"{one.index} {one.name}".strip())


def _samples(one: Gpu, label: str) -> Iterable[Sample]:
    for name, value, unit in (
        ("gpu.utilization", one.utilization, Unit.RATIO),
        ("gpu.memory.used", one.memory_used, Unit.BYTES),
        ("gpu.memory.total", one.memory_total, Unit.BYTES),
        ("gpu.power", one.power, Unit.RATIO),
    ):
        if value is not None:
            yield gauge(name, value, unit, gpu=label)
    for reason in THROTTLES.values():
        yield gauge("gpu.throttled", int(reason in one.throttles), gpu=label, reason=reason)
    for pid, used in dict(one.processes).items():
        yield gauge("gpu.process.memory", used or 0, Unit.BYTES, gpu=label, pid=str(pid))


SPEC = Collector(name="gpu", help=__doc__ or "", scope="host", collect=collect)
