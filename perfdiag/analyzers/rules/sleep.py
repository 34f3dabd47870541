"""Deliberate sleeps, polling and back-off within the work.

A sleep in the loop at the root of a thread is its timer and idle time; a sleep deeper down delays what is
being worked on.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(0.10, 0.30, 0.7, "a short pause now and then costs less than a tenth")


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.sleep")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="sleep",
        claim=Claim(times=frozenset({TimeClass.SLEEP})),
        summary=f"{name_of(signal.where)} sleeps on purpose for {share} of the busy time.",
        next_step=f"py-spy dump --pid {pid_of(signal)}  # which condition it polls for",
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="sleep",
    resource="sleep",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
