"""One event wakes many threads, of which one finds something to do and the others wait again.

Threads that wake at the same tick and wait in the same line again, with next to no CPU time in between. Those
that wake for reasons of their own do so independently: then the variance of their turns is the mean. They
need not be the threads that suffer: all others wait for the CPUs, the GIL and the lock that they take.
"""

from perfdiag.case import Case, Recognised
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_IN_VAIN = 0.5  # of those that woke
_AT_ONCE = 4.0  # that one of them wakes with, itself included, in the mean
_UNEVEN = 3.0  # variance by mean
_OFTEN = 100.0  # wake in vain a second


def recognise(case: Case, _signals: Signals) -> Recognised | None:
    herds = [
        herd
        for herd in case.herds
        if herd.in_vain >= _IN_VAIN
        and herd.at_once >= _AT_ONCE
        and herd.unevenness >= _UNEVEN
        and herd.rate >= _OFTEN
    ]
    if not herds:
        return None
    herd = max(herds, key=lambda one: one.rate)
    return Recognised(
        confidence=herd.in_vain,
        evidence=Evidence(
            name="threads that wake at once for nothing, mean",
            value=herd.at_once,
            unit=Unit.COUNT,
            source="schedstat at each tick: a turn without work, and the same wait again",
        ),
        sentence=f"It is a thundering herd: {herd.at_once:.0f} threads of {herd.name} wake at a time, and "
        f"{human(herd.in_vain, Unit.RATIO)} of those that wake find next to nothing to do.",
    )


SPEC = Pattern(
    name="thundering herd",
    help=__doc__ or "",
    kinds=("lock.contention", "pool.exhausted", "cpu.gil", "cpu.kernel", "cpu.runqueue", "net.accept-queue"),
    recognise=recognise,
)
