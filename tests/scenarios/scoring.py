"""Scores a perfdiag.report/1 against the truth of a scenario; pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.scenarios.truth import Truth

Report = Mapping[str, Any]

ILL = frozenset({"notice", "warning", "critical"})
KIND_RIGHT = 0.9  # of the sick ones judged
PLACE_RIGHT = 0.9
RESOURCE_RIGHT = 0.95
CALM = 0.2  # no finding on a healthy program may say that it takes as much
TICKS_MADE = 0.9  # of those planned, for a report to be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the first finding of a report says (empty when there is none), and whether that is right. Of a
    healthy program nothing is right; `pattern_right`: the pattern is the one of the truth, if that has one;
    `calm`: no finding of any severity has an impact of CALM or more."""

    healthy: bool
    kind: str = ""
    resource: str = ""
    function: str = ""
    object: str = ""
    severity: str = ""
    confidence: float = 0.0
    kind_right: bool
    place_right: bool
    resource_right: bool
    pattern: str = ""
    pattern_right: bool = True
    calm: bool = False

    @property
    def verdict(self) -> tuple[str, str]:
        """What two looks at the same program must have in common."""
        return self.kind, self.function


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    sick: int
    kind_right: int
    place_right: int
    resource_right: int
    healthy: int
    healthy_right: int
    calm: int

    @property
    def passed(self) -> bool:
        """Enough right; a run that judged nothing has not passed."""
        return (
            self.sick + self.healthy > 0
            and self.kind_right >= KIND_RIGHT * self.sick
            and self.place_right >= PLACE_RIGHT * self.sick
            and self.resource_right >= RESOURCE_RIGHT * self.sick
            and self.healthy_right == self.calm == self.healthy
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


def is_calm(report: Report) -> bool:
    """Whether no finding has an impact of CALM or more, however uncertain it is said to be."""
    return all(finding["impact"]["value"] < CALM for finding in report["findings"])


def score(report: Report, truth: Truth | None) -> Score:
    """The first finding of an illness decides; a healthy target must have none."""
    ill = [finding for finding in report["findings"] if finding["severity"] in ILL]
    if not ill:
        right = truth is None
        return Score(
            healthy=right, kind_right=right, place_right=right, resource_right=right, calm=is_calm(report)
        )
    first = ill[0]
    function = last_name((first.get("where") or {}).get("function", ""))
    waited = first.get("object") or {}
    object_text = " ".join(part for part in (waited.get("name", ""), waited.get("service", "")) if part)
    kind_right = truth is not None and first["kind"] in (truth.kind, *truth.also)
    return Score(
        healthy=truth is None,
        kind=first["kind"],
        resource=first["resource"],
        function=function,
        object=object_text,
        severity=first["severity"],
        confidence=first["confidence"],
        kind_right=kind_right,
        place_right=truth is not None and kind_right and _place_right(truth, function, object_text),
        resource_right=truth is not None and (kind_right or first["resource"] == truth.resource),
        pattern=first["pattern"],
        pattern_right=truth is None or truth.pattern in ("", first["pattern"]),
        calm=is_calm(report),
    )


def total(scores: Iterable[Score]) -> Totals:
    judged = list(scores)
    sick = [one for one in judged if not one.healthy]
    healthy = [one for one in judged if one.healthy]
    return Totals(
        sick=len(sick),
        kind_right=sum(one.kind_right for one in sick),
        place_right=sum(one.place_right for one in sick),
        resource_right=sum(one.resource_right for one in sick),
        healthy=len(healthy),
        healthy_right=sum(one.kind_right for one in healthy),
        calm=sum(one.calm for one in healthy),
    )
