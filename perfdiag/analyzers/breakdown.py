"""Where busy thread time goes: by class of time, by object waited on, and by place in the code.

Signals, all shares of the busy time of the groups under pressure (or of all, with `--any`):
`time.CLASS` (one; for network, lock, child, reads and writes one for each of the largest objects, and one
without an object for the others; the files of a directory with the same suffix are one object, label
`told_as`), with `where` the code that waits (for a lock: the critical section of the likely holder; for the
GIL: the code that holds it, where that was seen) and `other` the second place of the two. `group.load` is the
occupancy of each group of threads, `time.busy` the mean number of threads at work.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from perfdiag.attribution.busy import Array, Busy, busy_time
from perfdiag.attribution.consumers import draining_place
from perfdiag.attribution.files import FILE_TIMES, told_as
from perfdiag.attribution.phases import loader_frame
from perfdiag.attribution.places import culprit, place
from perfdiag.attribution.sections import critical_section
from perfdiag.diagnosis import Signal
from perfdiag.model import Estimate, Labels, Object, ObjectType, Place, Stack, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.stats.shares import shares
from perfdiag.timetable import TimeKey
from perfdiag.units import Unit

_PER_OBJECT = {TimeClass.NETWORK, TimeClass.LOCK, TimeClass.CHILD, *FILE_TIMES}
_LARGEST = {TimeClass.CONNECT, TimeClass.DNS, TimeClass.SEND}  # told with the largest of their objects
_MOST = 8  # objects of a class that get a signal of their own
_MAIN_OBJECT = 0.5  # share of a class's time above which its object is named

Rows = list[tuple[TimeKey, Array]]


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    step = state.step
    if step is None:
        return ()
    busy = busy_time(step.table, pressed_only=state.pressed_only)
    subject = state.subject
    window = (step.table.start, now)
    wall = max(1, step.table.blocks) * step.table.block
    result = [*_loads(busy, subject, window)]
    mean = busy.seconds / wall
    estimate = Estimate(value=mean, low=mean, high=mean, unit=Unit.COUNT, n=len(busy.total), window=window)
    result.append(Signal(name="time.busy", subject=subject, estimate=estimate))
    if busy.seconds <= 0:
        return tuple(result)
    named = _split(busy, step.objects)
    estimates = shares(np.array([busy.part(row for _, row in rows) for _, rows in named]), busy.total)
    for (name, rows), estimate in zip(named, estimates, strict=True):
        result.append(_time_signal(name, rows, estimate, step, subject, window))
    return tuple(result)


def _loads(busy: Busy, subject: str, window: tuple[float, float]) -> Iterable[Signal]:
    for load in sorted(busy.groups.values(), key=lambda load: (-load.busy, load.group)):
        yield Signal(
            name="group.load",
            subject=subject,
            estimate=replace(load.estimate, window=window),
            labels=(
                ("group", load.group),
                ("pressed", str(int(load.pressed))),
                ("threads", str(load.threads)),
                ("busy", f"{load.busy:.6g}"),
            ),
        )


def _split(busy: Busy, objects: Sequence[Object]) -> list[tuple[str, Rows]]:
    """Rows by (class, object name), the largest first; the small objects of a class are one part, ''."""
    parts: dict[tuple[TimeClass, str], Rows] = defaultdict(list)
    for key, row in busy.rows:
        item = ""
        if key.time in _PER_OBJECT and key.object >= 0:
            item = told_as(key.time, objects[key.object].name)
        parts[key.time, item].append((key, row))
    kept: dict[TimeClass, int] = defaultdict(int)
    for part in _largest_first(parts):
        kept[part[0]] += bool(part[1])
        if part[1] and kept[part[0]] > _MOST:
            parts[part[0], ""] += parts.pop(part)
    return [(f"time.{part[0]}", parts[part]) for part in _largest_first(parts)]


def _largest_first(parts: Mapping[tuple[TimeClass, str], Rows]) -> list[tuple[TimeClass, str]]:
    weight = {part: sum(float(row.sum()) for _, row in rows) for part, rows in parts.items()}
    return sorted(parts, key=lambda part: (-weight[part], part))


def _time_signal(
    name: str, rows: Rows, estimate: Estimate, step: Step, subject: str, window: tuple[float, float]
) -> Signal:
    time = rows[0][0].time
    found = culprit(_stacks(rows, step.stacks, of="stack"), callers=time is TimeClass.GC)
    where = found[0] if found else None
    other: Place | None = None
    holders = list(_stacks(rows, step.stacks, of="other"))
    if time is TimeClass.LOCK:
        waiting = where
        section = critical_section(holders, list(_stacks(rows, step.stacks, of="stack")))
        where, other = section or waiting, waiting
    elif time is TimeClass.QUEUE:
        where, other = draining_place(holders, step.stacks) or where, where
    elif time is TimeClass.POOL:
        has_one = culprit(holders)
        other = has_one[0] if has_one else None
    elif time is TimeClass.CHILD:
        where, other = _loader(_stacks(rows, step.stacks, of="stack")) or where, where
    elif time is TimeClass.GIL:
        holding = culprit(holders)
        where, other = holding[0] if holding else None, where
    return Signal(
        name=name,
        subject=subject,
        estimate=replace(estimate, window=window),
        labels=(("group", rows[0][0].group), *_told_as(rows, step.objects)),
        where=where,
        object=_object(rows, step.objects),
        other=other,
    )


def _stacks(rows: Rows, stacks: Sequence[Stack], *, of: str) -> Iterable[tuple[Stack, float]]:
    for key, row in rows:
        number = getattr(key, of)
        if number >= 0:
            yield stacks[number], float(row.sum())


def _loader(stacks: Iterable[tuple[Stack, float]]) -> Place | None:
    """Where most of the time is waited for in a loader of data: it has workers of its own."""
    places: dict[Place | None, float] = defaultdict(float)
    for stack, seconds in stacks:
        frame = loader_frame(stack.frames)
        places[place(frame, stack) if frame else None] += seconds
    return max(places, key=lambda found: places[found], default=None)


def _told_as(rows: Rows, objects: Sequence[Object]) -> Labels:
    """The name of files that are told as one, where all of the time is on such."""
    names = {
        told_as(key.time, objects[key.object].name) if key.object >= 0 else ""
        for key, _ in rows
        if key.time in FILE_TIMES
    }
    return (("told_as", names.pop()),) if len(names) == 1 and "" not in names else ()


def _object(rows: Rows, objects: Sequence[Object]) -> Object | None:
    """The object that most of the time went to, where one has most of it; of a class that is told by object,
    the one that has all of it."""
    weight: dict[str, float] = defaultdict(float)
    by_name: dict[str, Object] = {}
    for key, row in rows:
        item = objects[key.object] if key.object >= 0 else None
        weight[item.name if item else ""] += float(row.sum())
        if item:
            by_name[item.name] = item
    time = rows[0][0].time
    together = {told_as(time, name) for name in weight}
    if time in _PER_OBJECT and len(together) > 1:
        return None
    if time in FILE_TIMES and max(weight.values()) < _MAIN_OBJECT * sum(weight.values()):
        return Object(id=-1, type=ObjectType.FILE, name=f"{together.pop()} ({len(weight)} files)")
    best = max(weight, key=lambda name: (weight[name], name))
    if time in _LARGEST or weight[best] >= _MAIN_OBJECT * sum(weight.values()):
        return by_name.get(best)
    return None


SPEC = Analyzer(name="breakdown", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
