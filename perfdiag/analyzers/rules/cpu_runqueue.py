"""Ready but not running: more threads want a CPU than there are CPUs for them.

The kernel counts this time exactly for each thread (schedstat); time stopped by a CPU quota is not in it.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.15, 0.35, 0.7, "on a busy but healthy host a thread waits some per cent of its time for its turn"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.runqueue")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="cpu.runqueue",
        claim=Claim(times=frozenset({TimeClass.RUNQUEUE})),
        summary=f"Threads are ready but have no CPU for {share} of their busy time: too many want one.",
        next_step="pidstat -u 1 5  # who else computes on these CPUs",
        model="capacity",
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="cpu.runqueue",
    resource="scheduler",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
