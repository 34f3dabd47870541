"""The triage for a person at a terminal, 100 columns wide: verdict, resources, processes, what to do."""

import math
from collections.abc import Iterable, Sequence

from perfdiag.model import Estimate
from perfdiag.plugins import Format
from perfdiag.reports._layout import WIDTH, cut, table, wrapped
from perfdiag.text import printable, without_commands
from perfdiag.triage.ranking import amount
from perfdiag.triage.records import Activity, Figure, Resource, State, Triage
from perfdiag.units import Unit, human

_MOST = 40  # rows of resources


def render(triage: Triage) -> str:
    blocks = [
        [_verdict(triage)],
        [line for sentence in triage.brief for line in wrapped(printable(sentence, 1000), 0)],
        *(_told(one) for one in triage.resources if one.summary),
        _resources(triage.resources),
        _processes(triage.processes),
        _next(triage),
        _unseen(triage),
        _cost(triage),
    ]
    return without_commands("\n\n".join("\n".join(block) for block in blocks if block) + "\n")


def _verdict(triage: Triage) -> str:
    host = printable(triage.about.hostname, 40)
    if triage.verdict == "inconclusive":
        return f"INCONCLUSIVE: {triage.about.looks} looks at {host} are too few"
    ill = [one for one in triage.resources if one.severity is not None]
    worst = max((one.severity for one in ill if one.severity is not None), default=None)
    if triage.verdict == "unsure":
        unsure = (one for one in triage.resources if one.state is State.UNSURE and one.summary)
        names = ", ".join(printable(one.name) for one in unsure)
        return cut(f"INCONCLUSIVE: over the limit on {host}, but it may be chance: {names}", WIDTH)
    if worst is None:
        return f"HEALTHY: no resource of {host} is saturated"
    names = ", ".join(f"{printable(one.name)} {one.state}" for one in ill)
    return cut(f"{worst.name}: {names}", WIDTH)


def _told(resource: Resource) -> list[str]:
    """A resource that is not well: what was found, by which numbers, who is behind it."""
    level = f"  {resource.severity.name}" if resource.severity else ""
    lines = [cut(f"{printable(resource.name)}  {resource.state}{level}", WIDTH)]
    lines += wrapped(printable(resource.summary, 1000), 3, "   ")
    for item in resource.evidence:
        interval = ""
        if item.low is not None and item.high is not None and item.low != item.high:
            interval = f" [{_human(item.low, item.unit)}, {_human(item.high, item.unit)}]"
        text = f"{item.name} {_human(item.value, item.unit)}{interval} ({item.source})"
        lines += wrapped(printable(text, 1000), 6, "   ")
    for culprit in resource.culprits:
        group = f" of {culprit.group}" if culprit.group != culprit.name else ""
        lines += wrapped(
            printable(f"pid {culprit.pid} {culprit.name}{group}: {amount(culprit)}", 1000), 6, "   by "
        )
    return lines


def _resources(resources: Sequence[Resource]) -> list[str]:
    if not resources:
        return []
    cells = [
        (
            printable(one.name),
            one.state.value,
            _measured(one.utilization),
            _measured(one.saturation),
            "-" if one.errors is None else _human(one.errors.value, one.errors.unit),
            printable(one.note),
        )
        for one in resources[:_MOST]
    ]
    header = ("resource", "state", "utilization", "saturation", "errors", "note")
    left = len(resources) - _MOST
    more = [f"  and {left} more (-f json)"] if left > 0 else []
    rows = [cut(line, WIDTH) for line in table(header, cells, (32, 9, 22, 22, 8, 40))]
    return ["Resources", *rows, *more]


def _processes(processes: Iterable[Activity]) -> list[str]:
    cells = [
        (
            str(one.pid),
            printable(one.name),
            *(_figure(one, name) for name in _COLUMNS),
        )
        for one in processes
    ]
    if not cells:
        return []
    header = ("pid", "name", *_COLUMNS.values())
    return ["Processes, the busiest first", *table(header, cells, (7, 16, 6, 6, 9, 11, 7, 10, 10))]


_COLUMNS = {
    Figure.CPU: "CPUs",
    Figure.WAIT: "waits",
    Figure.RESIDENT: "memory",
    Figure.GROWTH: "grows",
    Figure.BLOCKED: "blocked",
    Figure.READ: "reads",
    Figure.WRITTEN: "writes",
}


def _figure(activity: Activity, name: Figure) -> str:
    found = activity.figure(name)
    return "?" if found is None else _human(found.value, found.unit)


def _next(triage: Triage) -> list[str]:
    """Commands, each above why it is the one; all of it may be pasted."""
    lines: list[str] = []
    for step in triage.next:
        why = wrapped(printable(step.why), 8, " " * 8)
        lines += [f"  {printable(step.command)}", *(f"      # {line.strip()}" for line in why)]
    return ["Next", *lines] if lines else []


def _unseen(triage: Triage) -> list[str]:
    texts = [f"{row.kind}: {row.missing}" for row in triage.not_evaluated]
    texts += triage.unseen
    texts += [f"{fault.source}: {fault.kind}, {fault.detail}" for fault in triage.faults]
    lines = [line for text in texts for line in wrapped(printable(text, 1000), 4, "  ")]
    return ["Not evaluated, not seen", *lines] if lines else []


def _cost(triage: Triage) -> list[str]:
    about = triage.about
    lasted = _human(about.window[1] - about.window[0], Unit.SECONDS)
    ended = f" ({about.ended})" if about.ended else ""
    cost = _human(about.cpu, Unit.SECONDS)
    text = (
        f"{about.looks} looks at {about.processes} processes of {about.hostname} ({about.cpus} CPUs) in "
        f"{lasted}{ended}: {cost} of CPU; perfdiag {about.version}, run {about.run_id}"
    )
    return wrapped(printable(text, 1000), 2)


def _human(value: float, unit: Unit) -> str:
    return human(value, unit) if math.isfinite(value) else "?"


def _measured(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    value, low, high = (_human(one, estimate.unit) for one in (estimate.value, estimate.low, estimate.high))
    return value if value == low == high else f"{value} [{low}, {high}]"


SPEC = Format(name="terminal", help=__doc__, suffixes=(), render=render)
