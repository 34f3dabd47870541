"""One pool of threads, or of processes, has more of them ready to compute than there are CPUs for them.

Where others compute on these CPUs, and the pool has no more workers than there are CPUs, it is not the pool.
Nor is it where the program is confined to few of the CPUs that there are.
"""

from perfdiag.case import Case, Recognised
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit

_MORE = 1.5  # ready workers for each CPU
_WHOLE = 1.0  # CPUs; a quota below one stops a single worker too
_MOST = 0.6  # of the time waited for a CPU


def recognise(case: Case, _signals: Signals) -> Recognised | None:
    team = case.team
    share = case.share(lambda part: part.group == team.name)
    if case.cpus < _WHOLE or team.threads <= case.cpus or team.ready < _MORE * case.cpus or share < _MOST:
        return None
    return Recognised(
        confidence=share,
        evidence=Evidence(
            name="workers that are ready to compute, mean",
            value=team.ready,
            unit=Unit.COUNT,
            source="schedstat: time on a CPU and in the run queue",
        ),
        sentence=f"It is the pool: of the {team.threads} workers of {team.name} {team.ready:.1f} are ready "
        f"to compute at a time, with CPUs for {case.cpus:g}.",
    )


SPEC = Pattern(
    name="oversubscribed pool",
    help=__doc__ or "",
    kinds=("cpu.runqueue", "cpu.throttled"),
    recognise=recognise,
)
