"""Which processes are behind the state of a resource, and which of them to look at next."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from perfdiag.triage.records import Activity, Culprit, Figure, NextStep, Resource, State
from perfdiag.triage.resources import RUN_QUEUE
from perfdiag.units import Unit, human

_SOON = 60.0  # seconds: memory is ranked by what a process holds in a minute, at its present growth
_MOST = 3  # culprits of a resource, and steps
_LEAST = 0.05  # of what all processes have of it
_BUSY = 0.5  # CPUs; above that the busiest process of a healthy host is worth a look
_ILL = frozenset({State.SATURATED, State.ERRORS, State.UNSURE, State.BUSY})

_CPU, _MEMORY = ((Figure.CPU,),), ((Figure.RESIDENT,),)
_DISK, _NETWORK = ((Figure.READ, Figure.WRITTEN), (Figure.BLOCKED,)), ((Figure.QUEUED,), (Figure.SOCKETS,))

# Resources by the first word of their name -> the figures that show who is behind them: of the first group of
# which any process has something, the one of which there is most
_FIGURES: Mapping[str, tuple[tuple[Figure, ...], ...]] = {
    "cpu": _CPU,
    RUN_QUEUE: _CPU,
    "memory": _MEMORY,
    "swap": ((Figure.SWAPPED,),),
    "disk": _DISK,
    "io": _DISK,
    "network": _NETWORK,
    "tcp": _NETWORK,
    "files": ((Figure.DESCRIPTORS,),),
    "cgroup.cpu": _CPU,
    "cgroup.memory": _MEMORY,
}
_WORDS = {
    Figure.CPU: "CPUs in use",
    Figure.RESIDENT: "resident",
    Figure.SWAPPED: "swapped out",
    Figure.READ: "read from disks",
    Figure.WRITTEN: "written to disks",
    Figure.BLOCKED: "of the looks waiting for a device",
    Figure.QUEUED: "waiting in sockets",
    Figure.SOCKETS: "sockets",
    Figure.DESCRIPTORS: "open files",
}


def culprits(
    resource: Resource, processes: Sequence[Activity], members: Mapping[str, AbstractSet[str]]
) -> tuple[Culprit, ...]:
    """The processes behind a resource that is not well, the largest first. `members`: of the directory of a
    control group the groups that processes say they are in."""
    if resource.state not in _ILL:
        return ()
    word, _, name = resource.name.partition(" ")
    if word.startswith("cgroup."):
        processes = [one for one in processes if one.cgroup in members.get(name, ())]
    for figures in _FIGURES.get(word, ()):
        totals = {figure: sum(_weight(one, figure) for one in processes) for figure in figures}
        figure = max(figures, key=lambda figure: totals[figure])
        if totals[figure] > 0:
            return tuple(_ranked(processes, figure, totals[figure]))
    return ()


def _ranked(processes: Iterable[Activity], figure: Figure, total: float) -> Iterator[Culprit]:
    for one in sorted(processes, key=lambda one: (-_weight(one, figure), one.pid))[:_MOST]:
        estimate, share = one.figure(figure), _weight(one, figure) / total
        if estimate is not None and share >= _LEAST:
            yield Culprit(
                pid=one.pid, name=one.name, group=one.group, figure=figure, estimate=estimate, share=share
            )


def _weight(one: Activity, figure: Figure) -> float:
    soon = max(0.0, one.value(Figure.GROWTH)) * _SOON if figure is Figure.RESIDENT else 0.0
    return one.value(figure) + soon


def steps(resources: Iterable[Resource], processes: Sequence[Activity]) -> tuple[NextStep, ...]:
    """What to look at next: the largest culprit of each resource, then the others."""
    known, resources = {one.pid: one for one in processes}, list(resources)
    ill = [resource for resource in resources if resource.culprits]
    found: dict[int, NextStep] = {}
    for rank in range(_MOST):
        for resource in ill:
            for culprit in resource.culprits[rank : rank + 1]:
                activity = known[culprit.pid]
                if activity.profilable and len(found) < _MOST:
                    found.setdefault(culprit.pid, _step(activity, resource, culprit))
    states = {resource.state for resource in resources}
    calm = State.OK in states and not states & (_ILL - {State.BUSY})
    return tuple(found.values()) or tuple(_busiest(processes, "nothing is saturated; " if calm else ""))


def _step(activity: Activity, resource: Resource, culprit: Culprit) -> NextStep:
    longer = " -d 60s" if culprit.figure is Figure.RESIDENT else ""  # a leak is slow
    return NextStep(
        command=f"{_profile(activity)}{longer}",
        why=f"{resource.name} {resource.state}: {activity.name} has {amount(culprit)}",
    )


def amount(culprit: Culprit) -> str:
    """'1.6 CPUs in use, 80 % of what all processes have'."""
    value = human(culprit.estimate.value, culprit.estimate.unit)
    return f"{value} {_WORDS[culprit.figure]}, {human(culprit.share, Unit.RATIO)} of what all processes have"


def _busiest(processes: Iterable[Activity], because: str) -> Iterator[NextStep]:
    """The one that uses most CPU, where nothing is saturated or nobody is known to be behind it."""
    alive = (one for one in processes if one.profilable)
    busiest = max(alive, key=lambda one: one.value(Figure.CPU), default=None)
    if busiest is not None and busiest.value(Figure.CPU) >= _BUSY:
        used = f"{busiest.value(Figure.CPU):.2g} CPUs in use"
        yield NextStep(
            command=_profile(busiest),
            why=f"{because}{busiest.name} is the busiest process, {used}",
        )


def _profile(activity: Activity) -> str:
    mine = os.geteuid() in (0, activity.uid)
    return f"{'' if mine else 'sudo '}perfdiag profile -p {activity.pid}"
