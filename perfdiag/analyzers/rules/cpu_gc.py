"""Garbage collection: the interpreter's collector runs, with the GIL held, in this code.

The collector's own flag is read in every tick, so its time is measured and not guessed from the leaf.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.08, 0.25, 0.6, "a program with few cycles spends some per cent in the collector, and that is its price"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.gc")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="cpu.gc",
        claim=Claim(times=frozenset({TimeClass.GC})),
        summary=f"The garbage collector runs for {share} of the busy time, from {name_of(signal.where)}.",
        next_step=f"perfdiag profile -p {pid_of(signal)} -d 30  # after gc.freeze() or a higher threshold",
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="cpu.gc",
    resource="cpu",
    aspect="utilization",
    help=__doc__ or "",
    needs=("time.busy", "interpreter.seen"),
    limits=LIMITS,
    explains=("cpu.hot-code", "cpu.gil"),
    diagnose=diagnose,
)
