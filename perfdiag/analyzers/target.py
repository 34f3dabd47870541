"""The target's own use of the machine: its process, and the control groups that it is in.

About the process `process.cpu` (CPUs in use, mean), `process.children.cpu` (used by children that it has
waited for), `children.alive` and `children.work` (CPUs in use by those, ended or not), `process.resident`,
`process.threads`, `process.descriptors` (used of its limit), `process.faults{kind}`,
`process.switches{kind}`, `process.io{direction}` (what reached a disk), `memory.reread` (of what a disk was
read for, the part that had been in memory before). About its groups, with the label `cgroup`,
`use.cgroup.cpu.utilization` (of the quota) and `.saturation` (of the quota's periods, those in which it
stopped the group), `use.cgroup.memory.utilization`, `.saturation` and `.errors` (killed for lack of memory);
`cgroup.memory.reclaims` (times that the limit was reached and other pages had to go); and `cpu.quota`: the
CPUs that the smallest quota leaves.
"""

from collections.abc import Iterator

from perfdiag.diagnosis import Signal
from perfdiag.facts import Fact, FactFold, Happened, Level, Share
from perfdiag.host.procfs import PAGE
from perfdiag.model import Meta
from perfdiag.plugins import Analyzer, Step
from perfdiag.readings import Interval, total
from perfdiag.units import Unit

_READ = 100_000  # bytes a second; what is read of less says nothing


def derive(interval: Interval) -> Iterator[Fact]:
    for pid in interval.after.labels("process.started", "pid"):
        same = interval.before.value("process.started", pid=pid)
        if same == interval.after.value("process.started", pid=pid):
            yield from _process(interval, pid)
    groups = (interval.after.labels(name, "cgroup") for name in ("cgroup.periods", "cgroup.memory.usage"))
    for cgroup in dict.fromkeys(name for names in groups for name in names):
        yield from _cgroup(interval, cgroup)
    quotas = [
        quota
        for cgroup in interval.after.labels("cgroup.cpu.quota", "cgroup")
        if (quota := interval.after.value("cgroup.cpu.quota", cgroup=cgroup)) is not None
    ]
    if quotas:
        yield Level("cpu.quota", min(quotas), Unit.COUNT)


def _process(interval: Interval, pid: str) -> Iterator[Fact]:
    subject = f"process:{pid}"
    used = total(interval.rate("process.cpu", pid=pid, mode=mode) for mode in ("user", "system"))
    yield Level("process.cpu", used, Unit.COUNT, subject=subject)
    of_children = [interval.rate("process.children.cpu", pid=pid, mode=mode) for mode in ("user", "system")]
    yield Level("process.children.cpu", total(of_children), Unit.COUNT, subject=subject)
    if (alive := interval.after.value("children.alive", pid=pid)) is not None:
        yield Level("children.alive", alive, Unit.COUNT, subject=subject)
        yield Level("children.work", interval.rate("children.work", pid=pid), Unit.COUNT, subject=subject)
    for name, unit in (("process.resident", Unit.BYTES), ("process.threads", Unit.COUNT)):
        if (value := interval.after.value(name, pid=pid)) is not None:
            yield Level(name, value, unit, subject=subject)
    descriptors = interval.after.value("process.descriptors", pid=pid)
    limit = interval.after.value("process.descriptors.limit", pid=pid)
    if descriptors is not None and limit:
        yield Level("process.descriptors", descriptors / limit, Unit.RATIO, most=1.0, subject=subject)
    for name in ("process.faults", "process.switches"):
        for kind in interval.after.labels(name, "kind"):
            growth = interval.growth(name, pid=pid, kind=kind)
            yield Happened(name, growth, (("kind", kind),), subject)
    yield from _reread(interval, pid)
    for direction in interval.after.labels("process.io.bytes", "direction"):
        rate = interval.rate("process.io.bytes", pid=pid, direction=direction, layer="device")
        yield Level("process.io", rate, Unit.BYTES_PER_SECOND, (("direction", direction),), subject=subject)


def _reread(interval: Interval, pid: str) -> Iterator[Fact]:
    """Of the pages that a disk was read for, those that had been in memory: of a group of the process with a
    limit where it counts them, else of the host."""
    groups = [
        interval.growth("cgroup.memory.refaults", cgroup=cgroup)
        for cgroup in interval.after.labels("cgroup.memory.limit", "cgroup")
    ]
    known = [pages for pages in groups if pages is not None]
    again = max(known) if known else interval.growth("memory.refaults", kind="file")
    read = interval.growth("process.io.bytes", pid=pid, direction="read", layer="device")
    if again is not None and read is not None and read >= _READ * interval.seconds:
        pages = read / PAGE
        yield Share("memory.reread", min(again, pages), pages, subject=f"process:{pid}")


def _cgroup(interval: Interval, cgroup: str) -> Iterator[Fact]:
    labels = (("cgroup", cgroup),)
    quota = interval.after.value("cgroup.cpu.quota", cgroup=cgroup)
    if quota:
        rate = interval.rate("cgroup.cpu.usage", cgroup=cgroup)
        if interval.after.value("cgroup.cpu.usage", cgroup=cgroup) is not None:
            yield Level("use.cgroup.cpu.utilization", rate and rate / quota, Unit.RATIO, labels)
        stopped, periods = (
            interval.growth(name, cgroup=cgroup) for name in ("cgroup.throttled_periods", "cgroup.periods")
        )
        yield Share("use.cgroup.cpu.saturation", stopped, periods, labels)
    size, limit = (
        interval.after.value(name, cgroup=cgroup) for name in ("cgroup.memory.usage", "cgroup.memory.limit")
    )
    if not limit or size is None:
        return
    yield Level("use.cgroup.memory.utilization", min(1.0, size / limit), Unit.RATIO, labels, most=1.0)
    memory = {"cgroup": cgroup, "resource": "memory", "kind": "some"}
    if interval.after.value("cgroup.pressure.stall", **memory) is not None:
        stalled = interval.rate("cgroup.pressure.stall", **memory)
        share = None if stalled is None else min(1.0, stalled)
        yield Level("use.cgroup.memory.saturation", share, Unit.RATIO, labels, most=1.0)
    reached = [interval.growth("cgroup.memory.events", cgroup=cgroup, event=name) for name in ("max", "high")]
    if known := [growth for growth in reached if growth is not None]:
        yield Happened("cgroup.memory.reclaims", sum(known), labels)
    if interval.after.value("cgroup.memory.events", cgroup=cgroup, event="oom_kill") is not None:
        kills = interval.growth("cgroup.memory.events", cgroup=cgroup, event="oom_kill")
        yield Happened("use.cgroup.memory.errors", kills, labels)


def start(_meta: Meta) -> FactFold:
    return FactFold(derive)


def step(state: FactFold, one: Step) -> FactFold:
    return state.take(one.snapshot)


def signals(state: FactFold, _now: float) -> tuple[Signal, ...]:
    return state.signals()


SPEC = Analyzer(name="target", help=__doc__ or "", start=start, step=step, signals=signals)
