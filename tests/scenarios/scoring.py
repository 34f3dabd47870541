"""Scores a perfdiag.report/1 against the truth of a scenario; pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.scenarios.truth import Truth

Report = Mapping[str, Any]

ILL = frozenset({"notice", "warning", "critical"})
KIND_RIGHT = 0.85  # of the sick ones judged
PLACE_RIGHT = 0.85
TICKS_MADE = 0.9  # of those planned, for a report to be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the first finding of a report says (empty when there is none), and whether that is right."""

    healthy: bool
    kind: str = ""
    function: str = ""
    object: str = ""
    severity: str = ""
    kind_right: bool
    place_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    sick: int
    kind_right: int
    place_right: int
    healthy: int
    healthy_right: int

    @property
    def passed(self) -> bool:
        """Enough right; a run that judged nothing has not passed."""
        return (
            self.sick + self.healthy > 0
            and self.kind_right >= KIND_RIGHT * self.sick
            and self.place_right >= PLACE_RIGHT * self.sick
            and self.healthy_right == self.healthy
        )


def last_name(qualified: str) -> str:
    """'Registry.update_device' and 'f.<locals>.update_device' are 'update_device'."""
    return qualified.rsplit(".", 1)[-1]


def kept_up(report: Report) -> bool:
    """Whether the sampler made enough of its ticks for the report to be judged."""
    cost = report["meta"]["cost"]
    return bool(cost["planned"] > 0 and cost["made"] >= TICKS_MADE * cost["planned"])


def _place_right(truth: Truth, function: str, object_text: str) -> bool:
    """The function or the object; a truth that names neither asks for neither."""
    if truth.where is None and truth.object is None:
        return True
    return (truth.where is not None and function == truth.where) or (
        truth.object is not None and truth.object in object_text
    )


def score(report: Report, truth: Truth | None) -> Score:
    """The first finding of an illness decides; a healthy target must have none."""
    ill = [finding for finding in report["findings"] if finding["severity"] in ILL]
    if not ill:
        right = truth is None
        return Score(healthy=right, kind_right=right, place_right=right)
    first = ill[0]
    function = last_name((first.get("where") or {}).get("function", ""))
    waited = first.get("object") or {}
    object_text = " ".join(part for part in (waited.get("name", ""), waited.get("service", "")) if part)
    kind_right = truth is not None and first["kind"] in (truth.kind, *truth.also)
    return Score(
        healthy=truth is None,
        kind=first["kind"],
        function=function,
        object=object_text,
        severity=first["severity"],
        kind_right=kind_right,
        place_right=truth is not None and kind_right and _place_right(truth, function, object_text),
    )


def total(scores: Iterable[Score]) -> Totals:
    judged = list(scores)
    sick = [one for one in judged if not one.healthy]
    healthy = [one for one in judged if one.healthy]
    return Totals(
        sick=len(sick),
        kind_right=sum(one.kind_right for one in sick),
        place_right=sum(one.place_right for one in sick),
        healthy=len(healthy),
        healthy_right=sum(one.kind_right for one in healthy),
    )
