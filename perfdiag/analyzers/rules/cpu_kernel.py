"""Computing in the kernel: most of the CPU time is system time, in system calls that this code makes.

The kernel counts system time for each thread; which call it is can only be seen where a call is caught while
it waits, so the time of calls that do is told by what they wait for. Page faults are told apart.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.2, 0.4, 0.8, "what moves data spends a fifth of its time in the kernel, and that is what it is for"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("time.kernel"):
        share = human(signal.estimate.value, Unit.RATIO)
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="cpu.kernel",
            claim=Claim(times=frozenset({TimeClass.KERNEL})),
            summary=f"The kernel computes for {share} of the busy time, in system calls from"
            f" {name_of(signal.where)}.",
            next_step=f"perf trace -s -p {pid_of(signal)} -- sleep 5  # which calls, how many, how long",
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="cpu.kernel",
    resource="cpu",
    aspect="utilization",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
