"""What the control groups of the target may read and write, and did: limits of bytes and operations a second.

For each group with a limit, by its directory, with the labels `device` (MAJOR:MINOR), `direction` and `of`
(bytes, operations): `cgroup.io.limit` (a second) and `cgroup.io.done`; `cgroup.io.limits`, how many limits
there are. Version 1 (blkio.throttle.*) and
version 2 (io.max, io.stat).
"""

from collections.abc import Generator, Iterable

from perfdiag.host import Host
from perfdiag.host.cgroupfs import parse_device_counts, parse_device_limits, parse_io_keyed
from perfdiag.host.cgroups import group_paths, group_text
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gauge
from perfdiag.text import printable
from perfdiag.units import Unit

_UNITS = {"bytes": (Unit.BYTES_PER_SECOND, Unit.BYTES), "operations": (Unit.PER_SECOND, Unit.COUNT)}
_V1 = {
    ("read", "bytes"): "read_bps_device",
    ("write", "bytes"): "write_bps_device",
    ("read", "operations"): "read_iops_device",
    ("write", "operations"): "write_iops_device",
}
_V1_DONE = {"bytes": "io_service_bytes", "operations": "io_serviced"}
_V2 = {  # in io.max and io.stat
    ("read", "bytes"): ("rbps", "rbytes"),
    ("write", "bytes"): ("wbps", "wbytes"),
    ("read", "operations"): ("riops", "rios"),
    ("write", "operations"): ("wiops", "wios"),
}


def collect(host: Host, pid: int | None) -> Iterable[Sample]:
    if pid is None:
        return
    limits = 0
    for path in group_paths(host, pid, "blkio"):
        limits += yield from _v1(host, path)
    for path in group_paths(host, pid, ""):
        limits += yield from _v2(host, path)
    yield gauge("cgroup.io.limits", limits)


def _v1(host: Host, path: str) -> Generator[Sample, None, int]:
    """The samples of a group; returns the number of its limits."""
    found = 0
    for (direction, of), name in _V1.items():
        file = f"{path}/blkio.throttle.{name}"
        limits = parse_device_limits(group_text(host, file), file)
        if not limits:
            continue
        file = f"{path}/blkio.throttle.{_V1_DONE[of]}"
        done = parse_device_counts(group_text(host, file), file)
        for device, most in limits.items():
            yield from _samples(path, device, direction, of, most, done.get((device, direction)))
        found += len(limits)
    return found


def _v2(host: Host, path: str) -> Generator[Sample, None, int]:
    """The samples of a group; returns the number of its limits."""
    limits = parse_io_keyed(group_text(host, f"{path}/io.max"), f"{path}/io.max")
    done = parse_io_keyed(group_text(host, f"{path}/io.stat"), f"{path}/io.stat") if limits else {}
    for device, most in limits.items():
        for (direction, of), (limit, count) in _V2.items():
            if limit in most:
                yield from _samples(path, device, direction, of, most[limit], done.get(device, {}).get(count))
    return sum(map(len, limits.values()))


def _samples(
    path: str, device: str, direction: str, of: str, most: int, done: int | None
) -> Iterable[Sample]:
    labels = {"cgroup": printable(path), "device": device, "direction": direction, "of": of}
    per_second, unit = _UNITS[of]
    yield gauge("cgroup.io.limit", most, per_second, **labels)
    if done is not None:
        yield counter("cgroup.io.done", done, unit, **labels)


SPEC = Collector(name="cgroup_io", help=__doc__ or "", scope="process", collect=collect)
