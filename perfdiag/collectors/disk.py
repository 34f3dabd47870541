"""Disks: how busy they are, how much waits in them, what they moved, and what failed.

For each whole device with hardware, or a hypervisor's, behind it: `disk.busy` (seconds with an operation in
flight), `disk.queue_time` (operations in flight times seconds), `disk.operations`, `disk.operation_time` and
`disk.bytes` by direction, `disk.in_flight`, and `disk.errors` where the driver counts them (SCSI).
`filesystem.errors{device}` for ext4. Partitions, memory devices, and the layers above (dm, md) are left out:
their work is counted below them. So are loop devices, but those that have operations in flight: a queue may
stand in one that is not in the device below. From /proc/diskstats and /sys.
"""

from collections.abc import Iterable

from perfdiag.errors import Missing, NoData
from perfdiag.host import Host
from perfdiag.host.numerals import hexadecimal, natural, whole_lines
from perfdiag.host.procfs_system import SECTOR, Disk, parse_diskstats
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gather, gauge
from perfdiag.units import Unit

_MOST = 64  # devices
_MEMORY = ("loop", "ram", "zram", "fd", "sr")


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    return gather(lambda: _devices(host), lambda: _filesystems(host))


def _devices(host: Host) -> Iterable[Sample]:
    disks = parse_diskstats(host.proc("diskstats"))
    try:
        whole = set(host.list_sys("block"))
    except Missing:
        whole = {disk.name for disk in disks}  # no /sys: partitions are counted beside their device
    found = [disk for disk in disks if disk.name in whole and not disk.name.startswith(_MEMORY)]
    loops = [disk for disk in disks if disk.name.startswith("loop") and disk.in_flight]
    for disk in [*(disk for disk in found if _is_device(host, disk.name)), *loops][:_MOST]:
        yield from _counters(disk)
        yield from _errors(host, disk.name)


def _is_device(host: Host, name: str) -> bool:
    """Whether something real is behind it; true for all where /sys cannot be read."""
    try:
        return "device" in host.list_sys(f"block/{name}")
    except Missing:
        return True


def _counters(disk: Disk) -> Iterable[Sample]:
    name = disk.name
    yield counter("disk.busy", disk.busy_ms / 1000, Unit.SECONDS, device=name)
    yield counter("disk.queue_time", disk.weighted_ms / 1000, Unit.SECONDS, device=name)
    for direction, operations, milliseconds, sectors in (
        ("read", disk.reads, disk.read_ms, disk.read_sectors),
        ("write", disk.writes, disk.write_ms, disk.written_sectors),
    ):
        labels = {"device": name, "direction": direction}
        yield counter("disk.operations", operations, **labels)
        yield counter("disk.operation_time", milliseconds / 1000, Unit.SECONDS, **labels)
        yield counter("disk.bytes", sectors * SECTOR, Unit.BYTES, **labels)
    yield gauge("disk.in_flight", disk.in_flight, device=name)


def _errors(host: Host, name: str) -> Iterable[Sample]:
    file = f"block/{name}/device/ioerr_cnt"
    try:
        text = host.sys(file)
    except NoData:
        return
    yield counter("disk.errors", hexadecimal(whole_lines(text, file)[0], file), device=name)


def _filesystems(host: Host) -> Iterable[Sample]:
    try:
        names = host.list_sys("fs/ext4")
    except NoData:
        return
    for name in names[:_MOST]:
        file = f"fs/ext4/{name}/errors_count"
        try:
            text = host.sys(file)
        except NoData:
            continue  # `features`, or unmounted since
        yield counter("filesystem.errors", natural(whole_lines(text, file)[0], file), device=name)


SPEC = Collector(name="disk", help=__doc__ or "", scope="host", collect=collect)
