"""The steps of training loops: for people, and for programs."""

from collections.abc import Iterable, Sequence

from perfdiag.diagnosis import TrainingRow
from perfdiag.reports._json_values import Json, estimate, text
from perfdiag.reports._layout import interval, table, wrapped
from perfdiag.text import printable
from perfdiag.units import Unit, human


def as_json(row: TrainingRow) -> Json:
    return {
        "group": text(row.group),
        "steps": estimate(row.steps),
        "counted": row.counted,
        "phases": [{"phase": phase, "share": estimate(share)} for phase, share in row.phases],
    }


def lines(rows: Sequence[TrainingRow]) -> list[str]:
    """A paragraph of text, with a table of the phases."""
    found = ["Training, of the wall time"] if rows else []
    for row in rows:
        found += wrapped(f"{printable(row.group, 60)}: {rate(row)}", 4, first="  ")
        found += table(
            ("phase", "share"), [(phase, interval(share)) for phase, share in row.phases], (16, 20)
        )
    return found


def rate(row: TrainingRow) -> str:
    """How many steps a second, and how that is known."""
    if row.steps is None:
        return "the steps are too short, or too few, to be counted"
    low, high = (human(bound, Unit.PER_SECOND) for bound in (row.steps.low, row.steps.high))
    value = human(row.steps.value, Unit.PER_SECOND)
    return f"{value} steps [{low}, {high}], counted by the phase {row.counted}"


def sentence(row: TrainingRow) -> str:
    """All of a row in one line."""
    parts = ", ".join(_parts(row))
    return f"{row.group}: {parts}; {rate(row)}"


def _parts(row: TrainingRow) -> Iterable[str]:
    for phase, share in row.phases:
        yield f"{phase} {interval(share)}"
