"""The self-test as a table for a terminal, a line at a time, and as JSON."""

from collections.abc import Sequence

from perfdiag.selftest.scoring import Outcome, totals
from perfdiag.text import json_document, printable

_ROW = "{:<11} {:<22} {:<22} {:>6}  {}\n"


def heading() -> str:
    return _ROW.format("verdict", "program", "found", "share", "where").rstrip() + "\n"


def row(one: Outcome) -> str:
    """One program; of what could not be judged the reason."""
    if one.unjudged:
        return f"{'not judged':<11} {one.case.name:<22} {printable(one.unjudged, 200)}\n"
    verdict = "right" if one.right else "WRONG"
    share = f"{one.share:.0%}" if one.kind else ""
    where = one.where if one.right else f"{one.where or '-'}, not {one.case.where or '-'}"
    text = _ROW.format(verdict, one.case.name, one.kind or "nothing", share, printable(where, 100))
    return text.rstrip() + "\n"


def as_text(outcomes: Sequence[Outcome], ended: str = "") -> str:
    """The last lines, below the rows; `ended`: why the rest of the programs were left out."""
    found = totals(outcomes)
    left = found.programs - found.judged
    early = f"{ended} after {found.programs} programs\n" if ended else ""
    return (
        f"\n{early}{found.right} of {found.judged} right; {left} of {found.programs} not judged\n"
        f"precision {_percent(found.precision)} (of the findings, those that are right), "
        f"recall {_percent(found.recall)} (of the illnesses, those that were found)\n"
    )


def as_json(outcomes: Sequence[Outcome], ended: str = "") -> str:
    found = totals(outcomes)
    return json_document(
        {
            "schema": "perfdiag.selftest/1",
            "verdict": ended or found.verdict,
            "programs": found.programs,
            "judged": found.judged,
            "right": found.right,
            "precision": found.precision,
            "recall": found.recall,
            "outcomes": [_plain(one) for one in outcomes],
        }
    )


def _plain(one: Outcome) -> dict[str, object]:
    return {
        "name": one.case.name,
        "expected": {"kind": one.case.kind, "where": one.case.where},
        "found": {"kind": one.kind, "where": one.where, "impact": one.share},
        "right": None if one.unjudged else one.right,
        "unjudged": one.unjudged,
    }


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{part:.0%}"
