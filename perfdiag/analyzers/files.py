"""How the target reads and writes, and how full what it reads from and writes to is.

About the process, by `direction`: `io.calls` (a second), `io.call_size` (bytes of a call, mean) and
`io.small` (of the calls, those in seconds in which the mean was 16 KiB or less), and `io.files` (files that
it has open, where it has no socket or pipe that its calls may be on). By
`device`: `disk.operation_size{direction}` (bytes of an operation of the device, mean) and `disk.others` (of
what the device moved, the part that was not for the target). `io.limit_used{cgroup, device, direction}`: of
what a control group allows, the part that was used (labels `limit`, `unit`).
"""

from collections.abc import Iterator

from perfdiag.diagnosis import Signal
from perfdiag.facts import Fact, FactFold, Level, Share
from perfdiag.model import Meta
from perfdiag.plugins import Analyzer, Step
from perfdiag.readings import Interval, total
from perfdiag.units import Unit

_DIRECTIONS = ("read", "write")
_SMALL = 16384  # bytes; up to here an operation costs a device as much as one of a single block
_PER_SECOND = {"bytes": Unit.BYTES_PER_SECOND, "operations": Unit.PER_SECOND}


def derive(interval: Interval) -> Iterator[Fact]:
    for pid in interval.after.labels("process.io.calls", "pid"):
        for direction in _DIRECTIONS:
            yield from _calls(interval, pid, direction)
        files, channels = (interval.after.value(f"process.{name}", pid=pid) for name in ("files", "channels"))
        if files is not None:
            yield Level("io.files", 0.0 if channels else files, Unit.COUNT, subject=f"process:{pid}")
    for device in interval.after.labels("disk.bytes", "device"):
        yield from _device(interval, device)
    for cgroup in interval.after.labels("cgroup.io.limit", "cgroup"):
        for device in interval.after.labels("cgroup.io.limit", "device"):
            for direction in _DIRECTIONS:
                yield from _limits(interval, cgroup, device, direction)


def _calls(interval: Interval, pid: str, direction: str) -> Iterator[Fact]:
    subject, labels = f"process:{pid}", (("direction", direction),)
    calls = interval.growth("process.io.calls", pid=pid, direction=direction)
    moved = interval.growth("process.io.bytes", pid=pid, direction=direction, layer="calls")
    if calls is not None and (not calls or moved is not None):
        small = calls if calls and moved is not None and moved <= _SMALL * calls else 0.0
        yield Share("io.small", small, max(1.0, calls), labels, subject)
        yield Level("io.calls", calls / interval.seconds, Unit.PER_SECOND, labels, subject=subject)
        if calls and moved is not None:
            yield Level("io.call_size", moved / calls, Unit.BYTES, labels, subject=subject)


def _device(interval: Interval, device: str) -> Iterator[Fact]:
    moved: dict[str, float | None] = {}
    for direction in _DIRECTIONS:
        moved[direction] = interval.growth("disk.bytes", device=device, direction=direction)
        operations = interval.growth("disk.operations", device=device, direction=direction)
        size = moved[direction]
        if operations and size is not None:
            labels = (("device", device), ("direction", direction))
            yield Level("disk.operation_size", size / operations, Unit.BYTES, labels)
    own = total(
        interval.growth("process.io.bytes", pid=pid, direction=direction, layer="device")
        for pid in interval.after.labels("process.io.bytes", "pid")
        for direction in _DIRECTIONS
    )
    everything = total(moved.values())
    if everything and own is not None:
        yield Share("disk.others", max(0.0, everything - own), everything, (("device", device),))


def _limits(interval: Interval, cgroup: str, device: str, direction: str) -> Iterator[Fact]:
    for of, unit in _PER_SECOND.items():
        which = {"cgroup": cgroup, "device": device, "direction": direction, "of": of}
        most = interval.after.value("cgroup.io.limit", **which)
        done = interval.rate("cgroup.io.done", **which)
        if most and done is not None:
            labels = (
                ("cgroup", cgroup),
                ("device", device),
                ("direction", direction),
                ("limit", f"{most:.6g}"),
                ("unit", unit.value),
            )
            yield Level("io.limit_used", done / most, Unit.RATIO, labels)


def start(_meta: Meta) -> FactFold:
    return FactFold(derive)


def step(state: FactFold, one: Step) -> FactFold:
    return state.take(one.snapshot)


def signals(state: FactFold, _now: float) -> tuple[Signal, ...]:
    return state.signals()


SPEC = Analyzer(name="files", help=__doc__ or "", start=start, step=step, signals=signals)
