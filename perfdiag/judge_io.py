"""What rules about files have in common: how the process reads and writes, and what limits that."""

from collections.abc import Iterator

from perfdiag.diagnosis import Evidence, Signal
from perfdiag.judge_level import evidence
from perfdiag.plugins import Signals
from perfdiag.units import Unit, human

_REACHED = 0.8  # of a limit: throttling lets bursts pass, so the mean stays below it
_BUSY = 0.5  # a device that idles more than that is not worth a line


def of_who_calls_most(signals: Signals, name: str, direction: str) -> Signal | None:
    """A signal of the process with most calls in this direction; of any where calls were not counted."""
    most = signals.largest("io.calls", direction=direction)
    found = signals.all(name, direction=direction)
    return next((one for one in found if most is None or one.subject == most.subject), None)


def evidence_of(signals: Signals, direction: str) -> Iterator[Evidence]:
    """Calls of the process with most in this direction, and the devices that were busy meanwhile."""
    for name, words, source in (
        ("io.calls", f"{direction} calls", "/proc/PID/io"),
        ("io.call_size", f"bytes of a {direction} call, mean", "/proc/PID/io"),
        ("process.io", f"{direction} by the device for the process", "/proc/PID/io"),
    ):
        if (signal := of_who_calls_most(signals, name, direction)) is not None:
            yield evidence(words, signal, source)
    for busy in signals.all("use.disk.utilization"):
        if busy.estimate.value >= _BUSY:
            device = busy.label("device")
            yield evidence(f"time with an operation in flight, {device}", busy, "/proc/diskstats")


def limited_by(signals: Signals, direction: str) -> Iterator[str]:
    """Limits of control groups on this direction that are reached."""
    for used in signals.all("io.limit_used", direction=direction):
        if used.estimate.value >= _REACHED:
            unit = Unit(used.label("unit"))
            most = human(float(used.label("limit")), unit)
            yield (
                f"the control group {used.label('cgroup')} may {direction} no more than {most} on device"
                f" {used.label('device')}, and does {human(used.estimate.value, Unit.RATIO)} of that"
            )
