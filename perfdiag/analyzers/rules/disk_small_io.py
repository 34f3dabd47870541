"""Many tiny operations: the waits for reads or writes are those of calls of a few kilobytes each.

Told from the bytes of a call, and from those of an operation of the device where one device did the work:
small calls that the kernel joins into large operations are not ill. Calls of some bytes on files that are in
memory are: they do not wait, but the kernel computes for each of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import joined, name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_io import evidence_of, limited_by, of_who_calls_most
from perfdiag.model import TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.10, 0.30, 0.7, "a lookup in a file now and then costs less than a tenth"),
    Limit(
        name="small",
        default=0.5,
        unit=Unit.RATIO,
        why="most calls: of a few that are small beside large ones nobody would notice the size",
    ),
    Limit(
        name="operation",
        default=32768.0,
        unit=Unit.BYTES,
        why="beyond it the kernel joins the calls before they reach the device, or reads ahead of them",
    ),
    Limit(
        name="calls",
        default=100.0,
        unit=Unit.PER_SECOND,
        why="fewer are not many: then each of them waits long, and size is not why",
    ),
    Limit(
        name="tiny",
        default=512.0,
        unit=Unit.BYTES,
        why="the call itself takes longer than moving so few bytes: a buffer would save nearly all of it",
    ),
    Limit(
        name="tiny_calls",
        default=10000.0,
        unit=Unit.PER_SECOND,
        why="a call on a file in memory takes a microsecond or more: fewer take little of a second",
    ),
)
_COMPUTING = frozenset({TimeClass.KERNEL, TimeClass.PYTHON, TimeClass.NATIVE})
_CLASSES = {"read": TimeClass.DISK, "write": TimeClass.WRITE}


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    small = (one for one in signals.all("io.small") if one.estimate.low >= limits["small"])
    for direction in dict.fromkeys(one.label("direction") or "read" for one in small):
        waits = signals.all(f"time.{_CLASSES[direction]}")
        if waits and _many(signals, direction, limits):
            draft = _draft(direction, joined(waits[0], waits[1:]), signals, limits)
            if draft:
                yield replace(draft, pattern=direction)
    if computes := _computes(signals, limits):
        yield computes


def _computes(signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    """The draft for tiny calls on files that are in memory, below the function that makes most of them."""
    kernel = signals.first("time.kernel")
    files = signals.largest("io.files")
    rate = max(signals.all("io.calls"), key=lambda one: one.estimate.value, default=None)
    if kernel is None or kernel.where is None or rate is None or files is None or files.estimate.value < 1:
        return None
    direction = rate.label("direction") or "read"
    size = of_who_calls_most(signals, "io.call_size", direction)
    if size is None or size.estimate.value > limits["tiny"] or rate.estimate.value < limits["tiny_calls"]:
        return None
    draft = time_draft(
        kernel,
        signals,
        limits,
        kind="disk.small-io",
        claim=Claim(times=_COMPUTING, functions=frozenset({f"{kernel.where.file}:{kernel.where.function}"})),
        summary=f"{name_of(kernel.where)} makes {human(rate.estimate.value, Unit.PER_SECOND)} {direction}s of"
        f" {human(size.estimate.value, Unit.BYTES)} each on files; the kernel computes for them for"
        f" {human(kernel.estimate.value, Unit.RATIO)} of the busy time.",
        next_step=f"perf trace -s -p {pid_of(kernel)} -- sleep 5  # calls per second and their size",
        evidence=evidence_of(signals, direction),
    )
    return replace(draft, pattern=direction) if draft else None


def _many(signals: Signals, direction: str, limits: Mapping[str, float]) -> bool:
    """Whether there are many of them, and what reaches the busiest device is small as well."""
    calls = signals.largest("io.calls", direction=direction)
    if calls is not None and calls.estimate.value < limits["calls"]:
        return False
    used = signals.largest("use.disk.utilization")
    device = used.label("device") if used else ""
    operation = signals.first("disk.operation_size", device=device, direction=direction)
    return operation is None or operation.estimate.value <= limits["operation"]


def _draft(direction: str, waits: Signal, signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    size = of_who_calls_most(signals, "io.call_size", direction)
    each = f" of {human(size.estimate.value, Unit.BYTES)} each" if size else ""
    share = human(waits.estimate.value, Unit.RATIO)
    return time_draft(
        waits,
        signals,
        limits,
        kind="disk.small-io",
        claim=Claim(times=frozenset({_CLASSES[direction]})),
        summary=f"{name_of(waits.where)} waits for many small {direction}s{each} of"
        f" {object_name(waits.object, 'its files')} for {share} of the busy time.",
        next_step=f"perf trace -s -p {pid_of(waits)} -- sleep 5  # calls per second and their size",
        chain=limited_by(signals, direction),
        evidence=evidence_of(signals, direction),
    )


SPEC = Rule(
    kind="disk.small-io",
    resource="disk",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "io.small"),
    limits=LIMITS,
    explains=("disk.read", "disk.write", "cpu.kernel", "cpu.hot-code"),
    diagnose=diagnose,
)
