"""Less memory than the program works with: reclaim, swap or the limit of its control group stalls it.

Its threads wait for pages outside of system calls, or for reads of files, and most of what is read had been
in memory before: thrown out because a group is at its limit, or the host has no more. Or tasks are counted as
stalled for memory meanwhile.
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
        name="reread",
        default=0.5,
        unit=Unit.RATIO,
        why="most of what is read would be in memory still, if there were more of it",
    ),
    Limit(
        name="reclaims",
        default=1.0,
        unit=Unit.PER_SECOND,
        why="a group at its limit reaches it all the time",
    ),
    Limit(
        name="used",
        default=0.9,
        unit=Unit.RATIO,
        why="a host with a tenth left throws pages out before it needs them elsewhere",
    ),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    waits = _waits(signals, limits)
    if not waits:
        return
    kernel = in_function_of(waits[0], signals.all("time.kernel"))
    signal = joined(waits[0], [*waits[1:], *kernel])
    group = _group(signals, limits)
    of = f"the control group {group.name}" if group else "the host"
    times = {TimeClass(one.name.removeprefix("time.")) for one in (*waits, *kernel)}
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
        evidence=_facts(signals),
    )
    if draft:
        yield draft


def _waits(signals: Signals, limits: Mapping[str, float]) -> list[Signal]:
    """The waits that a lack of memory makes, the largest first: for pages, and for files read again."""
    if _read_again(signals, limits):
        found = [*signals.all("time.fault"), *signals.all("time.disk")]
        return sorted(found, key=lambda one: -one.estimate.value)
    return signals.all("time.fault") if _stalled(signals, limits) else []


def _read_again(signals: Signals, limits: Mapping[str, float]) -> bool:
    """Whether what is read had been in memory, and was thrown out for lack of it."""
    again, used = signals.largest("memory.reread"), signals.first("use.memory.utilization")
    if again is None or again.estimate.low < limits["reread"]:
        return False
    full = used is not None and used.estimate.low >= limits["used"]
    return full or _group(signals, limits) is not None


def _stalled(signals: Signals, limits: Mapping[str, float]) -> bool:
    """Whether tasks are counted as stalled for memory, while this process waits for pages from a disk."""
    stalls = [
        one
        for one in (*signals.all("use.cgroup.memory.saturation"), *signals.all("use.memory.saturation"))
        if one.label("measure") != "reclaim" and one.estimate.low >= limits["stalled"]
    ]
    major = signals.largest("process.faults", kind="major")
    return bool(stalls) and (major is None or major.estimate.value >= limits["major"])


def _group(signals: Signals, limits: Mapping[str, float]) -> Object | None:
    """The control group that reaches its limit most."""
    most = signals.largest("cgroup.memory.reclaims")
    if most is None or most.estimate.value < limits["reclaims"]:
        return None
    return Object(id=-1, type=ObjectType.CGROUP, name=most.label("cgroup"))


def _facts(signals: Signals) -> list[Evidence]:
    facts = []
    for name, words, source, labels in (
        ("memory.reread", "of what was read, what had been in memory", "refaults, /proc/PID/io", {}),
        ("use.memory.saturation", "time in which tasks were stalled for memory", "memory pressure", {}),
        ("process.faults", "page faults that read a disk", "/proc/PID/stat", {"kind": "major"}),
        ("cgroup.memory.reclaims", "times that the limit was reached", "memory.events or failcnt", {}),
        ("use.cgroup.memory.utilization", "memory in use, of the limit", "memory.current and its limit", {}),
    ):
        if (signal := signals.largest(name, **labels)) is not None:
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
