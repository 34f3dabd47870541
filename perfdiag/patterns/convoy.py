"""A queue of threads before a lock, or the GIL, that each holds only for a moment: all come back to its end.

How long it is held follows from how often one of those that wait gets on. (Where they wait for less than a
tick their other waits count as well; but then what so many wait for is held for a part of a tick.) Who waits
for the GIL wakes every 5 ms to ask for it, so there the waits for something else are counted, for which
threads give it up: when these are more often than that, it is given up again and again for something short.
"""

from perfdiag.case import Case, Recognised
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_WAITERS = 3.0  # at a time, in the mean
_HELD = 0.003  # seconds; a lock that is held for longer is the holder's matter, not the queue's


def recognise(case: Case, _signals: Signals) -> Recognised | None:
    on_gil = case.draft.kind == "cpu.gil"
    turns = case.team.own_turns if on_gil else case.turns
    held = case.seconds / turns if turns else 0.0
    if case.waiting < _WAITERS or not 0 < held <= _HELD:
        return None
    return Recognised(
        confidence=0.9,
        evidence=Evidence(
            name="threads in line, mean",
            value=case.waiting,
            unit=Unit.COUNT,
            source="ticks: threads that wait; schedstat: times on a CPU",
        ),
        sentence=f"It is a convoy: {case.waiting:.1f} threads stand in line for what each holds for less "
        f"than {human(_HELD, Unit.SECONDS)}, and come back to the end of it.",
    )


SPEC = Pattern(name="convoy", help=__doc__ or "", kinds=("lock.contention", "cpu.gil"), recognise=recognise)
