"""One event wakes many threads, of which one finds something to do and the others wait again.

Threads that wake at the same tick and wait in the same line again, with next to no CPU time in between. Those
that wake for reasons of their own do so independently, and then the variance of their number is its mean.
"""

from perfdiag.case import Case, Recognised
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_IN_VAIN = 0.5  # of those that woke
_AT_ONCE = 4.0  # that one of them wakes with, itself included, in the mean
_UNEVEN = 3.0  # variance by mean


def recognise(case: Case, _signals: Signals) -> Recognised | None:
    team = case.team
    if team.in_vain < _IN_VAIN or team.at_once < _AT_ONCE or team.unevenness < _UNEVEN:
        return None
    return Recognised(
        confidence=team.in_vain,
        evidence=Evidence(
            name="threads that wake at once for nothing, mean",
            value=team.at_once,
            unit=Unit.COUNT,
            source="schedstat at each tick: a turn without work, and the same wait again",
        ),
        sentence=f"It is a thundering herd: {team.at_once:.0f} threads of {team.name} wake at a time, and "
        f"{human(team.in_vain, Unit.RATIO)} of those that wake find nothing to do.",
    )


SPEC = Pattern(
    name="thundering herd",
    help=__doc__ or "",
    kinds=("lock.contention", "pool.exhausted", "cpu.gil", "cpu.kernel", "cpu.runqueue", "net.accept-queue"),
    recognise=recognise,
)
