"""The GPU is the limit: kernels run nearly all of the time, so faster hosts or loaders would change nothing.

Utilization says that some kernel ran, not that it used all of the GPU; clocks that are held down by heat or
by the power cap are told as evidence.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft, Evidence, Signal
from perfdiag.judge_level import evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.9, "above it work queues on the GPU however the host is made faster"),
    limit("share_warning", 0.96, "it hardly ever rests: it alone sets the pace"),
    limit("share_critical", 0.995, "not one reading in two hundred found it idle"),
)
_HELD_DOWN = 0.05  # of the time, for a reason to be told


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for busy in signals.all("gpu.busy"):
        gpu = busy.label("gpu")
        draft = level_draft(
            busy,
            limits,
            kind="gpu.saturated",
            prefix="share",
            summary=f"GPU {gpu or '0'} is at work for {human(busy.estimate.value, Unit.RATIO)} of the time.",
            next_step="nvidia-smi dmon -s pucm -d 1  # power, utilization, clocks, memory",
            evidence=list(_facts(busy, signals, gpu)),
        )
        if draft:
            yield draft


def _facts(busy: Signal, signals: Signals, gpu: str) -> Iterable[Evidence]:
    yield evidence("time with a kernel at work", busy, "NVML utilization, once a second")
    if (power := signals.first("gpu.power", gpu=gpu)) is not None:
        yield evidence("power, of the limit", power, "NVML power usage")
    for held in signals.all("gpu.throttled", gpu=gpu):
        if held.estimate.value >= _HELD_DOWN:
            yield evidence(f"time slowed down: {held.label('reason')}", held, "NVML throttle reasons")


SPEC = Rule(
    kind="gpu.saturated",
    resource="gpu",
    aspect="saturation",
    help=__doc__ or "",
    needs=("gpu.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
