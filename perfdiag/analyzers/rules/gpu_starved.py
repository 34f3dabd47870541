"""The GPU has nothing to do while the program works: it waits for its input, or for somebody to start it.

Judged by the part of the time in which no kernel ran, on GPUs that the program computes on, while one of its
groups of threads is under pressure.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge import name_of, pid_of
from perfdiag.judge_level import evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.3, "a GPU at 70 % has something to do whenever its host keeps up"),
    limit("share_warning", 0.5, "half of what the GPU costs is not used"),
    limit("share_critical", 0.8, "the same work would go on a fifth of the GPUs"),
)
_LOADING = ("data wait", "host to device", "checkpoint", "other")  # phases without work for the GPU


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for idle in signals.all("gpu.idle"):
        gpu = idle.label("gpu")
        phases = [one for one in signals.all("training.phase") if one.label("phase") in _LOADING]
        facts = [evidence("time without a kernel", idle, "NVML utilization, once a second")]
        facts += [evidence(f"training loop, {one.label('phase')}", one, "ticks: frames") for one in phases]
        draft = level_draft(
            idle,
            limits,
            kind="gpu.starved",
            prefix="share",
            model="level",
            summary=f"GPU {gpu or '0'} has nothing to do for {human(idle.estimate.value, Unit.RATIO)} of the"
            f" time, while the host is at work, mostly in {name_of(idle.where)}.",
            next_step=f"perfdiag profile -p {pid_of(idle)} -s -d 30  # with the workers of its loader",
            evidence=facts,
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="gpu.starved",
    resource="gpu",
    aspect="utilization",
    help=__doc__ or "",
    needs=("gpu.idle",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
