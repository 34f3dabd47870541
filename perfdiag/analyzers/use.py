"""Utilization, saturation and errors of every resource of the host (the USE method of Brendan Gregg).

Signals `use.RESOURCE.ASPECT` about 'host', from the counters of the collectors:

cpu      utilization: time not idle; saturation: time in which some task waited for a CPU (pressure), or,
         where the kernel does not count that, looks with more ready threads than CPUs (label `measure`)
memory   utilization: not available; saturation: time in which some task waited for memory, or looks with
         direct reclaim or swapping in; errors: processes killed for lack of memory
swap     utilization
disk     each `device`. utilization: time with an operation in flight; saturation: operations in flight, mean;
         errors: of the device, and of ext4 on it
io       saturation: time in which some task waited for a device
network  each `interface`. utilization: of its speed, where known; errors: errors and drops
tcp      saturation: segments sent again; errors: connections aborted
files    utilization: open files, of the host's limit

Beside them `cpu.runnable`, `cpu.busiest`, `processes.births` (threads as well), `memory.refaults`,
`disk.await{device}`, `network.drops{interface}` (of packets), `tcp.listen_drops`.
"""

from collections.abc import Iterable, Iterator

from perfdiag.diagnosis import Signal, UseRow
from perfdiag.facts import Fact, FactFold, Happened, Level, Share
from perfdiag.model import Labels, Meta
from perfdiag.plugins import Analyzer, Signals, Step
from perfdiag.readings import Interval, total
from perfdiag.units import Unit

_IDLE = {"idle", "iowait"}
_DIRECTIONS = ("receive", "send")
_PRESSURE: Labels = (("measure", "pressure"),)
_ABORTS = ("data", "close", "memory", "timeout", "linger", "failed")

# Resource, the label that tells its rows apart, and what its saturation and errors are.
_TABLE = (
    ("cpu", "", "waits for a CPU"),
    ("memory", "", "waits; OOM kills"),
    ("swap", "", ""),
    ("disk", "device", "queue length"),
    ("io", "", "waits for devices"),
    ("network", "interface", "errors and drops"),
    ("tcp", "", "sent again; aborts"),
    ("files", "", "open, of the host's limit"),
    ("cgroup.cpu", "cgroup", "of quota; throttled"),
    ("cgroup.memory", "cgroup", "of limit; OOM kills"),
)


def derive(interval: Interval) -> Iterator[Fact]:
    yield from _cpu(interval)
    yield from _memory(interval)
    for device in interval.after.labels("disk.busy", "device"):
        yield from _disk(interval, device)
    for device in interval.after.labels("filesystem.errors", "device"):
        growth = interval.growth("filesystem.errors", device=device)
        yield Happened("use.disk.errors", growth, (("device", device), ("of", "ext4")))
    yield from _stalled(interval, "io", "use.io.saturation")
    for interface in interval.after.labels("network.bytes", "interface"):
        yield from _network(interval, interface)
    yield from _tcp(interval)
    opened, limit = interval.after.value("files.open"), interval.after.value("files.limit")
    if opened is not None and limit:
        yield Level("use.files.utilization", min(1.0, opened / limit), Unit.RATIO, most=1.0)


def _stalled(interval: Interval, resource: str, name: str) -> Iterator[Fact]:
    if interval.after.value("pressure.stall", resource=resource, kind="some") is not None:
        share = interval.rate("pressure.stall", resource=resource, kind="some")
        yield Level(name, _at_most_all(share), Unit.RATIO, _PRESSURE, most=1.0)


def _at_most_all(share: float | None) -> float | None:
    """The two clocks of a rate differ by the time that a reading takes."""
    return None if share is None else min(1.0, share)


def _cpu(interval: Interval) -> Iterator[Fact]:
    modes = {
        mode: interval.growth("cpu.time", mode=mode) for mode in interval.after.labels("cpu.time", "mode")
    }
    if modes:
        whole = total(modes.values())
        idle = total(value for mode, value in modes.items() if mode in _IDLE)
        used = None if whole is None or idle is None or whole <= 0 else 1 - idle / whole
        yield Level("use.cpu.utilization", used, Unit.RATIO, most=1.0)
    cores = [interval.rate("cpu.busy", cpu=cpu) for cpu in interval.after.labels("cpu.busy", "cpu")]
    known = [rate for rate in cores if rate is not None]
    if known:
        yield Level("cpu.busiest", min(1.0, max(known)), Unit.RATIO, most=1.0)
    stalls = list(_stalled(interval, "cpu", "use.cpu.saturation"))
    yield from stalls
    running, cpus = interval.after.value("runqueue.running"), interval.after.value("cpu.online")
    if running is None or not cpus:
        return
    created = interval.growth("processes.created")
    yield Happened("processes.births", created)
    others = max(0.0, running - 1)  # perfdiag itself runs while it looks
    yield Level("cpu.runnable", others / cpus, Unit.RATIO)
    if not stalls:
        yield Level(
            "use.cpu.saturation", float(others > cpus), Unit.RATIO, (("measure", "run queue"),), most=1.0
        )


def _memory(interval: Interval) -> Iterator[Fact]:
    for resource, free in (("memory", "available"), ("swap", "free")):
        size, left = interval.after.value(f"{resource}.total"), interval.after.value(f"{resource}.{free}")
        if size and left is not None:
            yield Level(f"use.{resource}.utilization", max(0.0, 1 - left / size), Unit.RATIO, most=1.0)
    stalls = list(_stalled(interval, "memory", "use.memory.saturation"))
    yield from stalls
    scanned = interval.growth("memory.scanned", kind="direct")
    swapped = interval.growth("swap.bytes", direction="in")
    if not stalls and scanned is not None and swapped is not None:
        labels = (("measure", "reclaim"),)
        yield Level("use.memory.saturation", float(scanned + swapped > 0), Unit.RATIO, labels, most=1.0)
    if interval.after.value("memory.oom_kills") is not None:
        yield Happened("use.memory.errors", interval.growth("memory.oom_kills"))
    kinds = interval.after.labels("memory.refaults", "kind")
    if kinds:
        yield Happened(
            "memory.refaults", total(interval.growth("memory.refaults", kind=kind) for kind in kinds)
        )


def _disk(interval: Interval, device: str) -> Iterator[Fact]:
    labels = (("device", device),)
    busy = _at_most_all(interval.rate("disk.busy", device=device))
    yield Level("use.disk.utilization", busy, Unit.RATIO, labels, most=1.0)
    yield Level("use.disk.saturation", interval.rate("disk.queue_time", device=device), Unit.COUNT, labels)
    if interval.after.value("disk.errors", device=device) is not None:
        yield Happened("use.disk.errors", interval.growth("disk.errors", device=device), labels)
    operations, seconds = (
        total(interval.growth(name, device=device, direction=way) for way in ("read", "write"))
        for name in ("disk.operations", "disk.operation_time")
    )
    if operations and seconds is not None:
        yield Level("disk.await", seconds / operations, Unit.SECONDS, labels)


def _network(interval: Interval, interface: str) -> Iterator[Fact]:
    labels = (("interface", interface),)

    def both(name: str) -> list[float | None]:
        return [interval.growth(name, interface=interface, direction=way) for way in _DIRECTIONS]

    speed, moved = interval.after.value("network.speed", interface=interface), both("network.bytes")
    if speed:
        known = [size for size in moved if size is not None]
        used = min(1.0, max(known) / interval.seconds / speed) if len(known) == len(moved) else None
        yield Level("use.network.utilization", used, Unit.RATIO, labels, most=1.0)
    errors, drops, packets = (total(both(f"network.{name}")) for name in ("errors", "drops", "packets"))
    yield Happened("use.network.errors", total((errors, drops)), labels)
    yield Share("network.drops", drops, total((packets, drops)), labels)


def _tcp(interval: Interval) -> Iterator[Fact]:
    if interval.after.value("tcp.segments", kind="sent") is not None:
        again, sent = (interval.growth("tcp.segments", kind=kind) for kind in ("retransmitted", "sent"))
        yield Share("use.tcp.saturation", again, total((sent, again)))
    if interval.after.value("tcp.aborts", kind="data") is not None:
        yield Happened("use.tcp.errors", total(interval.growth("tcp.aborts", kind=kind) for kind in _ABORTS))
    if interval.after.value("tcp.listen", kind="drops") is not None:
        yield Happened("tcp.listen_drops", interval.growth("tcp.listen", kind="drops"))


def start(_meta: Meta) -> FactFold:
    return FactFold(derive)


def step(state: FactFold, one: Step) -> FactFold:
    return state.take(one.snapshot)


def signals(state: FactFold, _now: float) -> tuple[Signal, ...]:
    return state.signals()


def use_table(found: Signals) -> tuple[UseRow, ...]:
    """The rows of the report, of every resource of which anything was measured."""
    return tuple(row for resource, label, note in _TABLE for row in _rows(found, resource, label, note))


def _rows(found: Signals, resource: str, label: str, note: str) -> Iterable[UseRow]:
    aspects = [found.all(f"use.{resource}.{aspect}") for aspect in ("utilization", "saturation", "errors")]
    for name in dict.fromkeys(signal.label(label) for aspect in aspects for signal in aspect):
        cells = [
            next((one.estimate for one in aspect if one.label(label) == name), None) for aspect in aspects
        ]
        yield UseRow(
            resource=f"{resource} {name}".strip(),
            utilization=cells[0],
            saturation=cells[1],
            errors=cells[2],
            note=note,
        )


SPEC = Analyzer(name="use", help=__doc__ or "", start=start, step=step, signals=signals)
