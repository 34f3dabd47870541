"""The tables of a finding as texts: a column whose name ends in ', s' holds seconds, one that begins with
'share' ratios, any other counts."""

from collections.abc import Iterable, Sequence

from perfdiag.diagnosis import Table
from perfdiag.reports._layout import WIDTH, cut, shown, table
from perfdiag.text import printable
from perfdiag.units import Unit

MOST_ROWS = 8
_INDENT = "   "
_WIDEST = 44


def columns(one: Table) -> tuple[str, ...]:
    return tuple(column.removesuffix(", s") for column in one.columns)


def cells(one: Table) -> list[tuple[str, ...]]:
    """As many as a person reads."""
    units = [_unit(column) for column in one.columns]
    return [
        tuple(
            cell if isinstance(cell, str) else shown(cell, unit)
            for cell, unit in zip(row, units, strict=True)
        )
        for row in one.rows[:MOST_ROWS]
    ]


def _unit(column: str) -> Unit:
    if column.endswith(", s"):
        return Unit.SECONDS
    return Unit.RATIO if column.startswith("share") else Unit.COUNT


def lines(tables: Sequence[Table]) -> Iterable[str]:
    """For a terminal, indented as the other parts of a finding."""
    for one in tables:
        yield _INDENT + cut(printable(one.name), 90)
        texts = [tuple(map(printable, row)) for row in cells(one)]
        widths = (_WIDEST,) * len(one.columns)
        yield from (
            cut(_INDENT + line, WIDTH) for line in table(tuple(map(printable, columns(one))), texts, widths)
        )
