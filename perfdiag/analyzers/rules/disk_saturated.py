"""The device under the files is full: it is never idle and operations queue in it, mostly those of others.

A program that reads as fast as it can keeps a device busy by itself, and what it waits for are its own reads:
then the device is full only where many threads of it wait at the same time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Claim, Draft, Evidence, Signal
from perfdiag.judge import joined, name_of, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import Object, ObjectType, TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(
        0.10, 0.30, 0.7, "a program that waits less than a tenth for files is not held up by their device"
    ),
    Limit(
        name="busy",
        default=0.9,
        unit=Unit.RATIO,
        why="below it an operation finds the device free often enough",
    ),
    Limit(
        name="queue",
        default=2.0,
        unit=Unit.COUNT,
        why="one operation in flight is one that is served; two more wait for it",
    ),
    Limit(
        name="others",
        default=0.5,
        unit=Unit.RATIO,
        why="who moves most of the bytes is who fills the device",
    ),
    Limit(
        name="threads",
        default=4.0,
        unit=Unit.COUNT,
        why="as many that wait at once queue behind each other, whoever is served",
    ),
)
_TIMES = (TimeClass.DISK, TimeClass.WRITE, TimeClass.FSYNC)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    waits = [signal for time in _TIMES for signal in signals.all(f"time.{time}")]
    full = next((one for one in signals.all("use.disk.utilization") if _full(one, signals, limits)), None)
    if not waits or full is None:
        return
    largest = max(waits, key=lambda one: one.estimate.value)
    signal = joined(largest, [one for one in waits if one is not largest])
    device = full.label("device")
    draft = time_draft(
        replace(signal, object=Object(id=-1, type=ObjectType.DEVICE, name=device)),
        signals,
        limits,
        kind="disk.saturated",
        claim=Claim(times=frozenset(_TIMES)),
        summary=f"The device {device or '?'} is full, and {name_of(signal.where)} waits for it for"
        f" {human(signal.estimate.value, Unit.RATIO)} of the busy time.",
        next_step="pidstat -d 1 5  # who reads and writes",
        model="capacity",
        evidence=_facts(full, signals),
    )
    if draft:
        yield draft


def _full(busy: Signal, signals: Signals, limits: Mapping[str, float]) -> bool:
    """Whether the device is full, and not of what a single thread of the target asks for."""
    device = busy.label("device")
    queue = signals.first("use.disk.saturation", device=device)
    others = signals.first("disk.others", device=device)
    if busy.estimate.low < limits["busy"]:
        return False
    if queue is not None and queue.estimate.low < limits["queue"]:
        return False
    waiting = signals.value("time.busy") * sum(
        signal.estimate.value for time in _TIMES for signal in signals.all(f"time.{time}")
    )
    theirs = others is None or others.estimate.value >= limits["others"]
    return theirs or waiting >= limits["threads"]


def _facts(busy: Signal, signals: Signals) -> list[Evidence]:
    device = busy.label("device")
    facts = [evidence(f"time with an operation in flight, {device}", busy, "/proc/diskstats")]
    for name, words in (
        ("use.disk.saturation", "operations in flight, mean"),
        ("disk.await", "time of an operation"),
        ("disk.others", "bytes moved for others"),
    ):
        if (signal := signals.first(name, device=device)) is not None:
            facts.append(evidence(words, signal, "/proc/diskstats"))
    return facts


SPEC = Rule(
    kind="disk.saturated",
    resource="disk",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "use.disk.utilization"),
    limits=LIMITS,
    explains=("disk.read", "disk.write", "disk.fsync", "disk.small-io"),
    diagnose=diagnose,
)
