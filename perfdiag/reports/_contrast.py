"""How two processes differ: for people, and for programs."""

from perfdiag.diagnosis import Contrast, ContrastRow
from perfdiag.reports._json_values import Json, estimate, number, place, text
from perfdiag.reports._layout import interval, table, wrapped
from perfdiag.text import printable


def as_json(contrast: Contrast | None) -> Json | None:
    if contrast is None:
        return None
    return {
        "base": text(contrast.base),
        "other": text(contrast.other),
        "verdict": contrast.verdict,
        "because": text(contrast.because),
        "limit": number(contrast.limit),
        "rows": [
            {
                "kind": row.kind,
                "name": text(row.name),
                "base": number(row.base),
                "other": number(row.other),
                "difference": estimate(row.difference),
                "change": estimate(row.change),
                "certain": row.certain,
                "where": place(row.where),
            }
            for row in contrast.rows
        ],
    }


def lines(contrast: Contrast | None) -> list[str]:
    """The verdict, and the rows: those that differ for certain are marked."""
    if contrast is None:
        return []
    told = f"{contrast.other} is {contrast.verdict.upper()} than {contrast.base}"
    if contrast.verdict == "undecided":
        told = f"UNDECIDED whether {contrast.other} is worse than {contrast.base}"
    header = ("busy threads", "first", "second", "difference", "change", "")
    rows = [_cells(row) for row in contrast.rows]
    return [
        "Two processes",
        *wrapped(printable(f"{told}: {contrast.because}", 400), 2, first="  "),
        *table(header, rows, (34, 7, 7, 22, 22, 7)),
    ]


def _cells(row: ContrastRow) -> tuple[str, ...]:
    name = row.name if row.where is None else f"{row.where.function} ({row.where.file.rpartition('/')[2]})"
    return (
        printable(name, 60) or "in all",
        f"{row.base:.2f}",
        f"{row.other:.2f}",
        interval(row.difference),
        "" if row.change is None else interval(row.change),
        "differs" if row.certain else "",
    )
