"""A disk is full of work, or reports errors.

Busy means that an operation is in flight: a device that serves many at once is not full at 100 %. So
operations have to queue as well, and tasks to wait for devices where the kernel counts that.
"""

from collections.abc import Iterable, Mapping
from shlex import quote

from perfdiag.diagnosis import Draft, Signal
from perfdiag.judge_level import evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.7, "beyond it waits in a single queue grow steeply: 1 / (1 - utilization)"),
    limit("share_warning", 0.9, "an operation waits ten times as long as it is served, or the queue is deep"),
    limit("share_critical", 0.98, "the device is never idle: work arrives as fast as it can be done"),
    limit("queue", 1.5, "one operation in flight is one that is served; more than that wait", Unit.COUNT),
    limit("stalled", 0.05, "when hardly any task waits for a device, a busy one harms nobody"),
    limit("errors_notice", 0.001, "a healthy device reports none; the lower bound of one", Unit.PER_SECOND),
    limit("errors_warning", 0.01, "errors that repeat end in lost data or a slow device", Unit.PER_SECOND),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for busy in signals.all("use.disk.utilization"):
        draft = _busy(busy, signals, limits)
        if draft:
            yield draft
    for errors in signals.all("use.disk.errors"):
        draft = _errors(errors, limits)
        if draft:
            yield draft


def _busy(busy: Signal, signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    device = busy.label("device")
    queue = signals.first("use.disk.saturation", device=device)
    stalls = signals.first("use.io.saturation")
    if queue is not None and queue.estimate.low < limits["queue"]:
        return None
    if stalls is not None and stalls.estimate.low < limits["stalled"]:
        return None
    facts = [evidence(f"time with an operation in flight, {device}", busy, "/proc/diskstats")]
    for signal, words, source in (
        (queue, "operations in flight, mean", "/proc/diskstats"),
        (signals.first("disk.await", device=device), "time of an operation", "/proc/diskstats"),
        (stalls, "time in which some task waited for a device", "/proc/pressure/io"),
    ):
        if signal is not None:
            facts.append(evidence(words, signal, source))
    return level_draft(
        busy,
        limits,
        kind="host.disk",
        prefix="share",
        summary=f"The disk {device or '?'} is busy {human(busy.estimate.value, Unit.RATIO)} of the time,"
        " and operations queue for it.",
        next_step="pidstat -d 1 5  # who reads and writes",
        evidence=facts,
    )


def _errors(errors: Signal, limits: Mapping[str, float]) -> Draft | None:
    name = errors.label("device") or "?"
    what = f"The {errors.label('of')} file system on {name}" if errors.label("of") else f"The disk {name}"
    return level_draft(
        errors,
        limits,
        kind="host.disk",
        prefix="errors",
        pattern="errors",
        summary=f"{what} reported {errors.estimate.n} errors.",
        next_step=f"journalctl -k --grep {quote(name)}",
        evidence=[evidence(f"errors, {name}", errors, "/sys/block or /sys/fs/ext4, errors_count")],
    )


SPEC = Rule(
    kind="host.disk",
    resource="disk",
    aspect="saturation",
    help=__doc__ or "",
    needs=("use.disk.utilization",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
