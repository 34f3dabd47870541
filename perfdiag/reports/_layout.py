"""Lines, columns and numbers of text, 100 wide."""

import math
import textwrap
from collections.abc import Sequence

from perfdiag.model import Estimate
from perfdiag.units import Unit, human

WIDTH = 100


def wrapped(text: str, indent: int, first: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=" " * indent, break_on_hyphens=False
    )


def cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], most: tuple[int, ...]) -> list[str]:
    """Left-aligned columns, at most `most` wide, without those that are empty in every row."""
    kept = [column for column in range(len(header)) if any(row[column] for row in rows)]
    cells = [[cut(row[column], most[column]) for column in kept] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def shown(value: float, unit: Unit) -> str:
    return human(value, unit) if math.isfinite(value) else "?"


def interval(estimate: Estimate) -> str:
    """'41 % [37 %, 45 %]', or the value alone when the interval is a point."""
    numbers = (estimate.value, estimate.low, estimate.high)
    value, low, high = (shown(number, estimate.unit) for number in numbers)
    return value if value == low == high else f"{value} [{low}, {high}]"
