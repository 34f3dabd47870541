"""Looks -> Triage: judges the resources, names the processes behind them, and says what was not seen."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from perfdiag.daemon.groups import KERNEL, group_name
from perfdiag.model import Meta, Snapshot
from perfdiag.plugins import Rule
from perfdiag.triage.looks import Looks
from perfdiag.triage.ranking import amount, culprits, steps
from perfdiag.triage.records import About, Activity, Figure, NextStep, Resource, State, Triage
from perfdiag.triage.resources import fold, judged
from perfdiag.units import Unit, human

_LEAST_LOOKS = 4  # three intervals: fewer give no interval of a mean
_SHOWN = 10  # processes, besides culprits
_WHY_DENIED = ("they are of other users, run as root", "the kernel refuses it")
_UNACCOUNTED = 0.25  # of the CPU time that was used


def conclude(looks: Looks, about: About, rules: Iterable[Rule]) -> Triage:
    """What the looks say; with fewer than four of them nothing is judged."""
    meta = Meta(
        run_id=about.run_id, version=about.version, started=about.started, hostname=about.hostname,
        kernel=about.kernel, cpus=about.cpus, target="host", duration=0.0, rate=1.0,
    )  # fmt: skip
    signals = fold(looks.snapshots, meta)
    resources, not_evaluated = judged(signals, rules)
    processes = activities(looks)
    enough = about.looks >= _LEAST_LOOKS
    if enough:
        resources = tuple(replace(one, culprits=culprits(one, processes, looks.members)) for one in resources)
    else:
        resources = tuple(replace(one, state=State.UNKNOWN, severity=None) for one in resources)
    found = Triage(
        about=about,
        verdict=_verdict(resources) if enough else "inconclusive",
        brief=(),
        resources=resources,
        processes=tuple(_shown(processes, resources)),
        next=steps(resources, processes),
        not_evaluated=not_evaluated,
        unseen=tuple(_unseen(looks, processes, resources, about)),
        faults=tuple(dict.fromkeys(fault for one in looks.snapshots for fault in one.faults)),
    )
    return replace(found, brief=_brief(found))


def activities(looks: Looks) -> tuple[Activity, ...]:
    """Every process that was seen twice, or that ended or began in between."""
    times = [snapshot.at for snapshot in looks.snapshots]
    window = (times[0], times[-1])
    found = []
    for key, watched in looks.activities.processes.items():
        if not watched.cpu.weight:
            continue  # began with the last look
        last, detail = watched.last, looks.details.found.get(key)
        figures = dict(watched.figures(window)) | (detail.figures if detail else {})
        found.append(
            Activity(
                pid=last.pid,
                name=last.comm,
                group=KERNEL if watched.kernel else group_name(last.cgroup, last.comm),
                cgroup=last.cgroup,
                uid=detail.uid if detail else None,
                threads=last.threads,
                kernel=watched.kernel,
                gone=key not in looks.activities.alive,
                figures=tuple(figures.items()),
            )
        )
    return tuple(found)


def _shown(processes: Iterable[Activity], resources: Iterable[Resource]) -> list[Activity]:
    """The busiest processes and all culprits, by CPU."""
    culprits = {culprit.pid for one in resources for culprit in one.culprits}
    ranked = sorted(processes, key=lambda one: (-one.value(Figure.CPU), one.pid))
    return [one for rank, one in enumerate(ranked) if rank < _SHOWN or one.pid in culprits]


def _verdict(resources: Iterable[Resource]) -> str:
    states = {one.state for one in resources}
    if states & {State.SATURATED, State.ERRORS}:
        return "saturated"
    return "unsure" if State.UNSURE in states else "healthy"


def _unseen(
    looks: Looks, processes: Sequence[Activity], resources: Iterable[Resource], about: About
) -> Iterable[str]:
    """What the round is blind to, in words."""
    details = looks.details
    if details.denied["sockets"]:
        yield "sockets: the tables of TCP or the owners of its sockets cannot be read"
    if details.unowned:
        number = f"{details.unowned} of {details.sockets} TCP sockets"
        yield f"owners of {number}: {_WHY_DENIED[os.geteuid() == 0]}"
    for what in sorted(details.denied.keys() - {"sockets"}):
        number = f"{details.denied[what]} of {details.asked} processes"
        yield f"{what} of {number}: {_WHY_DENIED[os.geteuid() == 0]}"
    if looks.hidden:
        yield "processes of others: /proc hides them (hidepid); run as root"
    yield from _unaccounted(looks.snapshots, processes, resources, about)


def _unaccounted(
    snapshots: Sequence[Snapshot], processes: Iterable[Activity], resources: Iterable[Resource], about: About
) -> Iterable[str]:
    """CPU time that no process has that was seen: those that lived between two looks, and interrupts."""
    cpu = next((one.utilization for one in resources if one.name == "cpu"), None)
    seconds = about.window[1] - about.window[0]
    if cpu is None or seconds <= 0:
        return
    used = cpu.value * about.cpus
    rest = used - sum(one.value(Figure.CPU) for one in processes) - about.cpu / seconds
    if rest >= _UNACCOUNTED * used and rest >= _UNACCOUNTED:
        created = [
            next((sample.value for sample in one.samples if sample.name == "processes.created"), 0.0)
            for one in (snapshots[0], snapshots[-1])
        ]
        yield (
            f"{rest:.1f} of {used:.1f} CPUs in use: interrupts, and processes that lived between two looks"
            f" ({(created[1] - created[0]) / seconds:.0f} were started a second)"
        )


def _brief(found: Triage) -> tuple[str, str, str]:
    """What, who, what to do."""
    host = found.about.hostname or "this host"
    if found.verdict == "inconclusive":
        return (
            f"Inconclusive: {found.about.looks} looks at {host} are too few to judge anything.",
            "At least four are needed.",
            "Look for longer: perfdiag triage -d 10s.",
        )
    ill = [one for one in found.resources if one.summary]
    if not ill:
        full = ", ".join(one.name for one in found.resources if one.state is State.BUSY)
        busy = f"; used to the full: {full}" if full else ""
        nothing = "Nothing needs to be done."
        return (f"No resource of {host} is saturated{busy}.", _used(found), _do(found.next, nothing))
    first = ill[0]
    told = first.summary
    if first.state is State.UNSURE:
        told = f"By what was seen, which may be chance: {told}"
    others = f" Not well either: {', '.join(one.name for one in ill[1:])}." if ill[1:] else ""
    explained = f"To read about it: perfdiag explain {first.kind}."
    return (told + others, _behind(first), _do(found.next, explained))


def _behind(resource: Resource) -> str:
    if not resource.culprits:
        return "Which process is behind it cannot be seen."
    first = resource.culprits[0]
    return f"{first.name} (pid {first.pid}): {amount(first)}."


def _used(found: Triage) -> str:
    cpu = next((one.utilization for one in found.resources if one.name == "cpu"), None)
    busiest = next((one for one in found.processes if one.value(Figure.CPU) > 0), None)
    used = f"Its CPUs are used for {human(cpu.value, Unit.RATIO)} of the time" if cpu else "It was looked at"
    if busiest is None:
        return f"{used}."
    return f"{used}; {busiest.name} (pid {busiest.pid}) uses most, {busiest.value(Figure.CPU):.2g} CPUs."


def _do(next_steps: Sequence[NextStep], otherwise: str) -> str:
    return f"Look next: {next_steps[0].command}." if next_steps else otherwise
