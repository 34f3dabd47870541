"""The busy time that findings are about: rows of the time table, as arrays over its blocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from perfdiag.attribution.pressure import GroupLoad, loads
from perfdiag.model import TimeClass
from perfdiag.timetable import TimeKey, TimeTable

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """`rows` of (key, seconds per block) without the idle time; `total` is their sum per block. Of the
    groups under pressure, or of all when `everything` was asked for. `turns[key]`: waits of a row that have
    ended."""

    rows: tuple[tuple[TimeKey, Array], ...]
    total: Array
    groups: dict[str, GroupLoad]
    turns: Mapping[TimeKey, float] = field(default_factory=dict)

    def part(self, rows: Iterable[Array]) -> Array:
        """Sum of some rows, per block."""
        summed: Array = np.sum([np.zeros_like(self.total), *rows], axis=0)
        return summed

    @property
    def seconds(self) -> float:
        return float(self.total.sum())


def busy_time(table: TimeTable, *, pressed_only: bool) -> Busy:
    """Busy rows of the table; with `pressed_only`, of the groups under pressure."""
    groups = loads(table)
    rows = []
    for key, blocks in table.rows.items():
        load = groups.get(key.group)
        if key.time is TimeClass.IDLE or load is None or (pressed_only and not load.pressed):
            continue
        row = np.zeros(table.blocks)
        row[list(blocks)] = list(blocks.values())
        rows.append((key, row))
    total = np.sum([np.zeros(table.blocks), *(row for _, row in rows)], axis=0)
    return Busy(rows=tuple(rows), total=total, groups=groups, turns=table.turns)
