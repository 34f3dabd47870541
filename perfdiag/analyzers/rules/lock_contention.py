"""Threads wait for a lock; says where the likely holder is, and who waits.

CPython's locks do not record their owner: the likely holder is a thread that stands in a function in which
the lock is acquired and does not wait for it. What the holder does there is in the chain, not in the kind. A
lock of native code is told by how its threads wait (a mutex that has waiters), and has no place.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft, Signal
from perfdiag.judge import claim_of, name_of, pid_of, share_limits, time_draft
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(0.10, 0.30, 0.7, "short critical sections that meet by chance cost some per cent")


def _holder(signal: Signal) -> list[str]:
    """Where the holder stands; nothing where only those that wait were seen."""
    if signal.where is None or signal.where == signal.other:
        return []
    return [f"the holder stands at {line}" for line in signal.where.stack[:1]]


def _held(signal: Signal) -> str:
    if signal.where is None:
        return " of native code"
    place = name_of(signal.where)
    return f", held in {place}," if _holder(signal) else f" in {place}, whose holder was not seen,"


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("time.lock"):
        share = human(signal.estimate.value, Unit.RATIO)
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="lock.contention",
            claim=claim_of(signal, signals),
            summary=f"Threads wait for a lock{_held(signal)} for {share} of busy time.",
            next_step=f"py-spy dump --pid {pid_of(signal)}  # a few times: who is inside the section",
            victims=[signal.other] if signal.other else [],
            chain=_holder(signal),
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="lock.contention",
    resource="lock",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "locks.seen"),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
