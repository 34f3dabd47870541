"""Short sleeps from one line, and next to nothing done between two of them, nor waited for: it looks
whether something has come, and most times nothing has. In a loop of callbacks others may have run."""

from perfdiag.attribution.waits import in_asyncio
from perfdiag.case import Case, Part, Recognised
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_SHORT = 0.015  # seconds of a sleep; a longer one may as well pace the work, or stand for it
_OFTEN = 10.0  # a second of each thread that sleeps
_LINE = 0.7  # of the time
_ELSE = 0.5  # waits for anything else, for each sleep
_NOTHING = 0.1  # of a sleep: the CPU time between two


def recognise(case: Case, _signals: Signals) -> Recognised | None:
    share, line = case.main_line()
    if not case.turns or share < _LINE or case.share(_called_back) > 1 - _LINE:
        return None
    between = case.team.computing * case.seconds / case.turns
    others = case.team.own_turns + case.team.idle_turns - case.turns
    often = case.rate >= _OFTEN * max(1.0, case.waiting)
    if case.each > _SHORT or not often or between > _NOTHING * case.each or others > _ELSE * case.turns:
        return None
    return Recognised(
        confidence=0.9 * share,
        evidence=Evidence(
            name="sleeps that ended",
            value=case.rate,
            unit=Unit.PER_SECOND,
            source="schedstat: times on a CPU",
        ),
        sentence=f"It polls: {line} wakes {human(case.rate, Unit.PER_SECOND)} after "
        f"{human(case.each, Unit.SECONDS)} of sleep each, and computes for {human(between, Unit.SECONDS)}.",
    )


def _called_back(part: Part) -> bool:
    """Whether an event loop of asyncio has called what is on the stack."""
    return part.stack is not None and in_asyncio(part.stack.frames)


SPEC = Pattern(name="polling", help=__doc__ or "", kinds=("sleep",), recognise=recognise)
