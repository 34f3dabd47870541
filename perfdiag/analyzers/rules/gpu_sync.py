"""The host waits for its GPU, and the GPU for its host: they take turns where both could work.

Time in calls that synchronise (`synchronize`, events), in the driver, or in one line of C code that user code
calls (`item`, `cpu`, `tolist`), on a host whose GPU is not busy by itself.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.15, 0.35, 0.7, "a loop that reads its loss once in a hundred steps waits for a few per cent of its time"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("gpu.sync"):
        share = human(signal.estimate.value, Unit.RATIO)
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="gpu.sync",
            claim=Claim(
                times=frozenset(TimeClass) - {TimeClass.IDLE},
                functions=frozenset(value for name, value in signal.labels if name == "function"),
                objects=frozenset(value for name, value in signal.labels if name == "object"),
            ),
            summary=f"{name_of(signal.where)} waits for the GPU for {share} of the busy time, while the GPU"
            " waits for the host.",
            next_step=f"py-spy dump --native --pid {pid_of(signal)}  # a few times: cudaStreamSynchronize",
            evidence=[
                evidence(f"GPU {one.label('gpu')} at work", one, "NVML utilization, once a second")
                for one in signals.all("gpu.busy")
            ],
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="gpu.sync",
    resource="gpu",
    aspect="saturation",
    help=__doc__ or "",
    needs=("gpu.sync",),
    limits=LIMITS,
    explains=("cpu.hot-code",),
    diagnose=diagnose,
)
