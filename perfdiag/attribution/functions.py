"""Hot functions: how much of the CPU time is spent in each by itself, and below it.

By group of threads, for threads of a group are alike. `self` is the time with the function at the leaf of the
stack (C code that it calls is its own), `total` the time with it anywhere on the stack, counted once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from perfdiag.attribution.busy import Array, Busy
from perfdiag.attribution.places import function_key, place
from perfdiag.diagnosis import FunctionRow
from perfdiag.model import ON_CPU, Frame, Stack, TimeClass
from perfdiag.stats.shares import shares

_COMPUTING = ON_CPU | {TimeClass.FAULT}
_SHOWN = 0.005  # of the CPU time
_MOST = 40
_ALONE = 15  # of the largest by themselves, which are always among them

Key = tuple[str, str]  # group, function


@dataclass(slots=True)
class _Spent:
    """CPU time of a function by block, and seconds of each of its lines, with a stack that has it."""

    own: Array
    below: Array
    lines: dict[Frame, tuple[float, Stack]] = field(default_factory=dict)

    def add(self, frame: Frame, stack: Stack, row: Array, *, leaf: bool) -> None:
        self.below += row
        if leaf:
            self.own += row
        seconds, known = self.lines.get(frame, (0.0, stack))
        self.lines[frame] = (seconds + float(row.sum()), known)


def function_rows(busy: Busy, stacks: Sequence[Stack]) -> tuple[FunctionRow, ...]:
    """The hottest functions, those with most time of their own first."""
    rows = [(key, row) for key, row in busy.rows if key.time in _COMPUTING]
    whole = busy.part(row for _, row in rows)
    least = _SHOWN * float(whole.sum())
    spent: dict[Key, _Spent] = defaultdict(lambda: _Spent(np.zeros_like(whole), np.zeros_like(whole)))
    for key, row in rows:
        if key.stack >= 0:
            _add(spent, key.group, stacks[key.stack], row)
    top = _largest({hot: one.own for hot, one in spent.items()}, least)[:_ALONE]
    top += [hot for hot in _largest({hot: one.below for hot, one in spent.items()}, least) if hot not in top]
    top = top[:_MOST]
    if not top:
        return ()
    alone = shares(np.array([spent[hot].own for hot in top]), whole)
    total = shares(np.array([spent[hot].below for hot in top]), whole)
    found = []
    for hot, self_share, total_share in zip(top, alone, total, strict=True):
        frame, (_, stack) = max(spent[hot].lines.items(), key=lambda line: (line[1][0], line[0].line))
        found.append(
            FunctionRow(
                group=hot[0],
                threads=busy.groups[hot[0]].threads,
                where=place(frame, stack),
                self_share=self_share,
                total_share=total_share,
            )
        )
    return tuple(sorted(found, key=lambda row: (-row.self_share.value, -row.total_share.value)))


def _add(spent: dict[Key, _Spent], group: str, stack: Stack, row: Array) -> None:
    """Book a row for every function on a stack, once for each."""
    seen: set[str] = set()
    for depth, frame in enumerate(stack.frames):
        name = function_key(frame)
        if name not in seen:
            seen.add(name)
            spent[group, name].add(frame, stack, row, leaf=depth == 0)


def _largest(parts: Mapping[Key, Array], least: float) -> list[Key]:
    """Keys by their seconds, the largest first; those below `least` are left out."""
    seconds = {key: float(row.sum()) for key, row in parts.items()}
    found = {key: total for key, total in seconds.items() if total > 0 and total >= least}
    return sorted(found, key=lambda key: (-found[key], key))
