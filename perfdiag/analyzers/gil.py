"""Who holds the GIL while whom waits.

`gil.edge`, the largest first: the share of busy time in which the line `other` waited for the GIL while the
line `where` held it. The waits are exact (a futex inside CPython's GIL structure), the holder is the thread
that the interpreter names in the same tick.
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from perfdiag.attribution.busy import Array, busy_time
from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import function_key, place
from perfdiag.diagnosis import Signal
from perfdiag.model import Place, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.stats.shares import shares

_TOP = 12

Line = tuple[str, int]  # function, line


def _place(number: int, step: Step) -> tuple[Line, Place] | None:
    stack = step.stacks[number] if number >= 0 else None
    frame = user_frame(stack.frames) if stack else None
    return ((function_key(frame), frame.line), place(frame, stack)) if stack and frame else None


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    step = state.step
    if step is None or not step.processes:
        return ()
    busy = busy_time(step.table, pressed_only=state.pressed_only)
    edges: dict[tuple[Line, Line], list[Array]] = defaultdict(list)
    places: dict[tuple[Line, Line], tuple[Place, Place]] = {}
    for key, row in busy.rows:
        if key.time is not TimeClass.GIL:
            continue
        holder, waiter = _place(key.other, step), _place(key.stack, step)
        if holder and waiter:
            edge = (holder[0], waiter[0])
            edges[edge].append(row)
            places.setdefault(edge, (holder[1], waiter[1]))
    sums = {edge: busy.part(rows) for edge, rows in edges.items()}
    top = sorted(sums, key=lambda edge: (-float(sums[edge].sum()), edge))[:_TOP]
    if not top:
        return ()
    estimates = shares(np.array([sums[edge] for edge in top]), busy.total)
    return tuple(
        Signal(
            name="gil.edge",
            subject=state.subject,
            estimate=replace(estimate, window=(step.table.start, now)),
            where=places[edge][0],
            other=places[edge][1],
        )
        for edge, estimate in zip(top, estimates, strict=True)
    )


SPEC = Analyzer(name="gil", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
