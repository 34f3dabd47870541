"""Whether perfdiag is right about a program of the self-test, and how often it is; pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from perfdiag.diagnosis import Report, Severity
from perfdiag.selftest.cases import Case

_DECIDED = 0.5  # of the programs must have been judged, for the whole to be


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the first finding of a report says ('' for none). `unjudged`: why it tells nothing of perfdiag."""

    case: Case
    kind: str = ""
    where: str = ""
    share: float = 0.0  # impact of that finding
    unjudged: str = ""

    @property
    def right(self) -> bool:
        return not self.unjudged and (self.kind, self.where) == (self.case.kind, self.case.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """`precision`: the part of the findings that is right; `recall`: the part of the illnesses that was
    found. None where there was nothing to judge."""

    programs: int
    judged: int
    right: int
    precision: float | None
    recall: float | None

    @property
    def verdict(self) -> str:
        """'passed', 'failed' (a program was judged wrongly), 'inconclusive' (too few could be judged)."""
        if self.right < self.judged:
            return "failed"
        return "passed" if self.judged >= _DECIDED * self.programs else "inconclusive"


def outcome(case: Case, report: Report) -> Outcome:
    """The first finding that is an illness decides; of a healthy program there must be none."""
    if report.verdict == "inconclusive":
        cost = report.meta.cost
        return Outcome(case=case, unjudged=f"only {cost.made} of {cost.planned} planned looks were made")
    first = next((one for one in report.findings if one.severity >= Severity.NOTICE), None)
    if first is None:
        return Outcome(case=case)
    function = first.where.function.rsplit(".", 1)[-1] if first.where else ""
    return Outcome(case=case, kind=first.kind, where=function, share=first.impact.value)


def totals(outcomes: Iterable[Outcome]) -> Totals:
    every = tuple(outcomes)
    judged = [one for one in every if not one.unjudged]
    right = [one for one in judged if one.right]
    return Totals(
        programs=len(every),
        judged=len(judged),
        right=len(right),
        precision=_part([one.right for one in judged if one.kind]),
        recall=_part([one.right for one in judged if one.case.kind]),
    )


def _part(held: Sequence[bool]) -> float | None:
    return sum(held) / len(held) if held else None
