"""Less memory than the program works with: reclaim, swap or the limit of its control group stalls it.

Its threads wait for pages outside of system calls, or compute in the kernel at the same place, while tasks
are counted as stalled for memory; where the kernel does not count that, while its group reaches its limit and
pages have to be read again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Claim, Draft, Evidence, Signal
from perfdiag.judge import in_function_of, joined, name_of, pid_of, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import Object, ObjectType, TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.10, 0.30, 0.7, "a page that has to come back now and then costs less than a tenth"),
    Limit(
        name="stalled",
        default=0.05,
        unit=Unit.RATIO,
        why="with enough memory hardly any task is ever counted as stalled for it",
    ),
    Limit(
        name="major",
        default=10.0,
        unit=Unit.PER_SECOND,
        why="fewer faults that read a disk cannot hold a program up",
    ),
    Limit(
        name="reclaims", default=1.0, unit=Unit.PER_SECOND, why="a group at its limit reaches it all the time"
    ),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    fault, stalls = signals.first("time.fault"), _stalls(signals)
    if fault is None or not _pressed(signals, stalls, limits):
        return
    same = in_function_of(fault, signals.all("time.kernel"))
    reads = [
        read
        for read in signals.all("time.disk")
        if stalls is not None and stalls.estimate.low >= max(0.2, read.estimate.value / 2)
    ]
    signal = joined(fault, [*same, *reads])
    group = _group(signals, limits)
    of = f"the control group {group.name}" if group else "the host"
    times = {TimeClass(one.name.removeprefix("time.")) for one in (fault, *same, *reads)}
    draft = time_draft(
        replace(signal, object=group),
        signals,
        limits,
        kind="memory.pressure",
        claim=Claim(times=frozenset(times)),
        summary=f"{name_of(signal.where)} waits for memory pages for"
        f" {human(signal.estimate.value, Unit.RATIO)} of the busy time: {of} has less memory than the program"
        " works with.",
        next_step=f"grep -E 'VmRSS|VmSwap|RssFile' /proc/{pid_of(signal)}/status  # against the limit",
        model="capacity",
        evidence=_facts(signals, stalls),
    )
    if draft:
        yield draft


def _stalls(signals: Signals) -> Signal | None:
    """Time in which tasks were stalled for memory: in the group where it is counted, else on the host."""
    found = [*signals.all("use.cgroup.memory.saturation"), *signals.all("use.memory.saturation")]
    return max(found, key=lambda signal: signal.estimate.low, default=None)


def _pressed(signals: Signals, stalls: Signal | None, limits: Mapping[str, float]) -> bool:
    major = signals.first("process.faults", kind="major")
    if stalls is None or (major is not None and major.estimate.value < limits["major"]):
        return False
    counted = stalls.label("measure") != "reclaim"
    return stalls.estimate.low >= limits["stalled"] if counted else _group(signals, limits) is not None


def _group(signals: Signals, limits: Mapping[str, float]) -> Object | None:
    """The control group that reaches its limit most."""
    reached = signals.all("cgroup.memory.reclaims")
    most = max(reached, key=lambda signal: signal.estimate.value, default=None)
    if most is None or most.estimate.value < limits["reclaims"]:
        return None
    return Object(id=-1, type=ObjectType.CGROUP, name=most.label("cgroup"))


def _facts(signals: Signals, stalls: Signal | None) -> list[Evidence]:
    facts = (
        [evidence("time in which tasks were stalled for memory", stalls, "memory pressure")] if stalls else []
    )
    for name, words, source, labels in (
        ("process.faults", "page faults that read a disk", "/proc/PID/stat", {"kind": "major"}),
        ("cgroup.memory.reclaims", "times that the limit was reached", "memory.events or failcnt", {}),
        ("use.cgroup.memory.utilization", "memory in use, of the limit", "memory.current and its limit", {}),
        ("memory.refaults", "pages of the host that had to come back", "/proc/vmstat", {}),
    ):
        if (signal := signals.first(name, **labels)) is not None:
            facts.append(evidence(words, signal, source))
    return facts


SPEC = Rule(
    kind="memory.pressure",
    resource="memory",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "use.memory.saturation"),
    limits=LIMITS,
    explains=("disk.read", "memory.faults", "cpu.kernel", "disk.saturated", "disk.small-io"),
    diagnose=diagnose,
)
