"""Which function the CPU time goes to.

`cpu.function`, one per group of threads: the deepest function of user code below which most of the group's
CPU time is spent (Python and native code; system calls and garbage collection have their own signals), as a
share of the busy time of all groups under pressure. Where one that it calls has most of that, and nearly half
of the group's, `where` is that one, and `other` the function that the share is of. `cpu.self`, the ten user
functions with most CPU time of their own.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from perfdiag.attribution.busy import Array, busy_time
from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import culprit, function_key, function_keys, place
from perfdiag.diagnosis import Signal
from perfdiag.model import Place, Stack, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.stats.shares import shares
from perfdiag.timetable import TimeKey

_COMPUTING = {TimeClass.PYTHON, TimeClass.NATIVE}
_TOP = 10
_NEARLY_HALF = 0.45  # of a group's computing; what has less is not where most of it is

Rows = list[tuple[TimeKey, Array]]


class Hot(NamedTuple):
    """A function with its CPU time by block; `inner`: one that it calls that has most of it."""

    name: str
    group: str
    where: Place | None
    part: Array
    inner: Place | None = None


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    step = state.step
    if step is None or not step.processes:
        return ()
    busy = busy_time(step.table, pressed_only=state.pressed_only)
    rows = [(key, row) for key, row in busy.rows if key.time in _COMPUTING]
    if not rows:
        return ()
    named = [*_by_group(rows, step), *_by_function(rows, step)]
    estimates = shares(np.array([one.part for one in named]), busy.total) if named else ()
    subject, window = state.subject, (step.table.start, now)
    return tuple(
        Signal(
            name=one.name,
            subject=subject,
            estimate=replace(estimate, window=window),
            labels=(("group", one.group),),
            where=one.inner or one.where,
            other=one.where if one.inner else None,
        )
        for one, estimate in zip(named, estimates, strict=True)
    )


def _by_group(rows: Rows, step: Step) -> list[Hot]:
    """The culprit of each group, and the CPU time at or below it."""
    groups: dict[str, Rows] = defaultdict(list)
    for key, row in rows:
        groups[key.group].append((key, row))
    result = []
    for group, members in groups.items():
        nothing = 0 * members[0][1]
        found = culprit(_weights(members, step))
        if found is None:
            total: Array = sum((row for _, row in members), start=nothing)
            result.append(Hot("cpu.function", group, _program(members, step), total))
            continue
        name = f"{found[0].file}:{found[0].function}"
        below = [
            (key, row)
            for key, row in members
            if key.stack >= 0 and name in function_keys(step.stacks[key.stack])
        ]
        part: Array = sum((row for _, row in below), start=nothing)
        result.append(Hot("cpu.function", group, found[0], part, _inner(below, *found, step)))
    return sorted(result, key=lambda one: (-float(one.part.sum()), one.group))


def _weights(members: Rows, step: Step) -> Iterator[tuple[Stack, float]]:
    return ((step.stacks[key.stack], float(row.sum())) for key, row in members if key.stack >= 0)


def _inner(below: Rows, where: Place, share: float, step: Step) -> Place | None:
    """The function that most of the time `below` another one is spent in, which has this share of the
    group's."""
    inner = culprit(_weights(below, step))
    if inner is None or inner[1] * share < _NEARLY_HALF:
        return None
    same = (inner[0].file, inner[0].function) == (where.file, where.function)
    return None if same else inner[0]


def _program(members: Rows, step: Step) -> Place | None:
    """The program, for threads of whose code nothing is known; not the interpreter, for a native thread of a
    library that it runs."""
    heaviest = max(members, key=lambda member: float(member[1].sum()))[0].process
    process = step.processes[heaviest]
    known = process.exe and not process.runtime
    return Place(file=process.exe, function=process.comm, line=0) if known else None


def _by_function(rows: Rows, step: Step) -> list[Hot]:
    """User functions by the CPU time of their own lines and of library code called from them."""
    totals: dict[str, Array] = {}
    places: dict[str, tuple[float, Place]] = {}
    for key, row in rows:
        stack = step.stacks[key.stack] if key.stack >= 0 else None
        frame = user_frame(stack.frames) if stack else None
        if stack is None or frame is None:
            continue
        name = function_key(frame)
        totals[name] = totals[name] + row if name in totals else row.copy()
        weight = float(row.sum())
        if name not in places or weight > places[name][0]:
            places[name] = (weight, place(frame, stack))
    top = sorted(totals, key=lambda name: (-float(totals[name].sum()), name))[:_TOP]
    return [Hot("cpu.self", "", places[name][1], totals[name]) for name in top]


SPEC = Analyzer(name="hotspots", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
