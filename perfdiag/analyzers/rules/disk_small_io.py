"""Many tiny operations: the waits for reads or writes are those of calls of a few kilobytes each.

Told from the bytes of a call, and from those of an operation of the device where one device did the work:
small calls that the kernel joins into large operations are not ill.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import joined, name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_io import evidence_of, limited_by
from perfdiag.model import TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.10, 0.30, 0.7, "a lookup in a file now and then costs less than a tenth"),
    Limit(
        name="size",
        default=16384.0,
        unit=Unit.BYTES,
        why="up to here an operation costs a device as much as one of a single block",
    ),
    Limit(
        name="calls",
        default=100.0,
        unit=Unit.PER_SECOND,
        why="fewer are not many: then each of them waits long, and size is not why",
    ),
)
_CLASSES = (("read", TimeClass.DISK), ("write", TimeClass.WRITE))


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for direction, time in _CLASSES:
        waits = signals.all(f"time.{time}")
        size = signals.first("io.call_size", direction=direction)
        if waits and _tiny(signals, direction, limits):
            draft = _draft(direction, time, joined(waits[0], waits[1:]), size, signals, limits)
            if draft:
                yield replace(draft, pattern=direction)


def _tiny(signals: Signals, direction: str, limits: Mapping[str, float]) -> bool:
    """Whether the calls are many and small, and what reaches the device is small as well."""
    size = signals.first("io.call_size", direction=direction) or signals.first("io.call_size")
    calls = signals.first("io.calls", direction=direction)
    if size is None or size.estimate.value > limits["size"]:
        return False
    if calls is not None and calls.estimate.value < limits["calls"]:
        return False
    used = max(signals.all("use.disk.utilization"), key=lambda one: one.estimate.value, default=None)
    device = used.label("device") if used else ""
    operation = signals.first("disk.operation_size", device=device, direction=direction)
    return operation is None or operation.estimate.value <= 2 * limits["size"]


def _draft(
    direction: str,
    time: TimeClass,
    waits: Signal,
    size: Signal | None,
    signals: Signals,
    limits: Mapping[str, float],
) -> Draft | None:
    each = f" of {human(size.estimate.value, Unit.BYTES)} each" if size else ""
    share = human(waits.estimate.value, Unit.RATIO)
    return time_draft(
        waits,
        signals,
        limits,
        kind="disk.small-io",
        claim=Claim(times=frozenset({time})),
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
    needs=("time.busy", "io.call_size"),
    limits=LIMITS,
    explains=("disk.read", "disk.write"),
    diagnose=diagnose,
)
