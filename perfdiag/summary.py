"""What a report says besides its findings: the groups, the breakdown, the three sentences, the profile."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from perfdiag.attribution.busy import Array, Busy
from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import culprit, function_key
from perfdiag.attribution.pressure import loads
from perfdiag.diagnosis import BreakdownRow, Finding, GroupRow, Report, Severity, Weighted
from perfdiag.judge import ALTERNATIVES
from perfdiag.model import STOPPED, Object, TimeClass
from perfdiag.plugins import Signals
from perfdiag.recording import Recording
from perfdiag.stats.shares import shares
from perfdiag.timetable import TimeKey, TimeTable
from perfdiag.undecided import enough, may_be_ill
from perfdiag.units import Unit, human

_SHOWN = 0.01  # of the busy time; smaller rows are left to the formats that draw
_MOST = 30
_UNJUDGED = 0.15  # of the busy time: that much of what no rule judges is told in the brief
_AT_WORK = 0.3  # CPUs: children that use that much do something that is waited for
_JUDGED = frozenset(time for _, _, times in ALTERNATIVES for time in times)


def group_rows(table: TimeTable) -> tuple[GroupRow, ...]:
    """The groups of threads that ever worked, the busiest first."""
    found = sorted(loads(table).values(), key=lambda load: (-load.busy, load.group))
    return tuple(
        GroupRow(
            name=load.group,
            threads=load.threads,
            occupancy=load.estimate,
            pressed=load.pressed,
        )
        for load in found
    )


def breakdown_rows(table: TimeTable, recording: Recording, busy: Busy) -> tuple[BreakdownRow, ...]:
    """Busy time by group, class, object and function, as shares of all busy time."""
    parts: dict[tuple[str, TimeClass, str, str], list[tuple[TimeKey, Array]]] = defaultdict(list)
    for key, row in busy.rows:
        frame = user_frame(recording.stacks[key.stack].frames) if key.stack >= 0 else None
        name = recording.objects[key.object].name if key.object >= 0 else ""
        function = function_key(frame) if frame else ""
        parts[key.group, key.time, name, function].append((key, row))
    if not parts or busy.seconds <= 0:
        return ()
    weight = {part: sum(float(row.sum()) for _, row in rows) for part, rows in parts.items()}
    top = sorted(
        (part for part in parts if weight[part] >= _SHOWN * busy.seconds),
        key=lambda part: (-weight[part], part),
    )[:_MOST]
    if not top:
        return ()
    sums = np.array([busy.part(row for _, row in parts[part]) for part in top])
    pressed = {name: load.pressed for name, load in loads(table).items()}
    result = []
    for part, estimate in zip(top, shares(sums, busy.total), strict=True):
        rows = parts[part]
        found = culprit(
            (recording.stacks[key.stack], float(row.sum())) for key, row in rows if key.stack >= 0
        )
        item: Object | None = recording.objects[rows[0][0].object] if rows[0][0].object >= 0 else None
        result.append(
            BreakdownRow(
                group=part[0],
                time=part[1],
                share=estimate,
                where=found[0] if found else None,
                object=item,
                pressed=pressed.get(part[0], False),
            )
        )
    return tuple(result)


def weighted(table: TimeTable, recording: Recording) -> tuple[Weighted, ...]:
    """Seconds by class, group and stack, idle time included: what is drawn."""
    totals: dict[tuple[TimeClass, str, int], float] = defaultdict(float)
    for key, blocks in table.rows.items():
        if key.stack >= 0:
            totals[key.time, key.group, key.stack] += sum(blocks.values())
    return tuple(
        Weighted(time=time, group=group, stack=recording.stacks[stack], seconds=seconds)
        for (time, group, stack), seconds in sorted(totals.items())
        if seconds > 0
    )


def unseen_children(recording: Recording, signals: Signals) -> tuple[str, ...]:
    """What is said of a process that is held up by nothing, whose children compute and were not looked at; ()
    where that is not so."""
    work, alive = signals.value("children.work"), signals.value("children.alive")
    if len(recording.processes) != 1 or work < _AT_WORK:
        return ()
    start, end = recording.window
    children = f"{alive:.0f} children" if alive >= 2 else "children"
    used = human(work * (end - start), Unit.SECONDS)
    name = recording.meta.target or "The target"
    return (
        f"{name} is not held up itself; its {children} used {used} of CPU meanwhile and were not looked at.",
        f"They kept {work:.1f} CPUs busy.",
        "Look again with -s (--subprocesses), which follows them.",
    )


def brief(report: Report, unseen: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What, how much, what to do: three sentences. `unseen`: those of what was not looked at, said when
    nothing was found."""
    if report.verdict == "inconclusive":
        return _inconclusive(report)
    first = next((f for f in report.findings if f.severity >= Severity.NOTICE), None)
    if first is None and STOPPED in report.meta.blind:
        return (
            f"{report.meta.target} is stopped (SIGSTOP or a debugger) and stays so.",
            "What holds it up when it runs cannot be seen.",
            "Look again once it has been told to continue (SIGCONT).",
        )
    if first is None:
        healthy = (_healthy(report), _occupied(report.groups), "Nothing needs to be done.")
        return _unjudged(report) or unseen or healthy
    return (first.summary, _worth(first), _first_sentence(first.advice))


def _inconclusive(report: Report) -> tuple[str, ...]:
    more = f"about {human(report.needs, Unit.SECONDS)} more" if report.needs else ""
    if not enough(report.meta):
        cost, ended = report.meta.cost, report.meta.ended
        why = f"; {ended}" if ended else ""
        return (
            "Inconclusive: too few samples were made to rank causes.",
            f"{cost.made} of {cost.planned} planned ticks came in time{why}.",
            f"It needs {more}, or a host that is less busy.",
        )
    doubtful = next(finding for finding in report.findings if may_be_ill(finding))
    low, high = (human(bound, Unit.RATIO) for bound in (doubtful.impact.low, doubtful.impact.high))
    return (
        f"Inconclusive: {doubtful.summary}",
        f"That share may as well be {low} as {high}: it came and went while it was looked at.",
        f"It needs {more} to be decided." if more else "It comes and goes too rarely for a look to decide.",
    )


def _unjudged(report: Report) -> tuple[str, ...]:
    """What is said of groups under pressure whose time is of a class that no rule judges; () if little is."""
    shares: dict[TimeClass, float] = defaultdict(float)
    for row in report.breakdown:
        if row.pressed and row.time not in _JUDGED:
            shares[row.time] += row.share.value
    unseen = max(shares.values(), default=0.0)
    if unseen < _UNJUDGED:
        return ()
    return (
        f"{human(unseen, Unit.RATIO)} of the busy time goes to something that could not be seen.",
        _occupied(report.groups),
        "Where that time is spent stands in the breakdown.",
    )


def _healthy(report: Report) -> str:
    name = report.meta.target or "The target"
    return f"No bottleneck: {name} is not held up by anything that was measured."


def _occupied(groups: Iterable[GroupRow]) -> str:
    busiest = max(groups, key=lambda row: row.occupancy.value, default=None)
    if busiest is None:
        return "All of its threads were idle."
    share = human(busiest.occupancy.value, Unit.RATIO)
    return f"Its busiest threads ({busiest.name}) are occupied for {share} of the time."


def _worth(finding: Finding) -> str:
    gain = finding.gain
    if finding.gain_model == "exhaustion":
        hours = f"{1 / gain.value:.1f} hours" if 0 < gain.value < 1 else "the hour"
        return f"At this rate nothing is left within {hours}."
    if finding.gain_model == "level":
        return f"{human(gain.value, Unit.RATIO)} of what there may be is taken."
    low, high = human(gain.low, Unit.RATIO), human(gain.high, Unit.RATIO)
    return f"An ideal fix would give back {human(gain.value, Unit.RATIO)} of its busy time ({low} to {high})."


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.partition("\n\n")[0].split())
    head, dot, _ = paragraph.partition(". ")
    return head + "." if dot else paragraph
