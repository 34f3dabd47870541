"""When perfdiag is right about a program of the self-test, and how often."""

from dataclasses import replace

import pytest

from perfdiag.diagnosis import Severity
from perfdiag.selftest.cases import Case
from perfdiag.selftest.scoring import Outcome, outcome, totals
from tests.examples import FULL

FIRST = FULL.findings[0]
SICK = Case(program="any", kind=FIRST.kind, where=FIRST.where.function.rsplit(".", 1)[-1])
HEALTHY = Case(program="calm")


def test_the_first_finding_decides():
    found = outcome(SICK, FULL)
    assert (True, FIRST.kind, FIRST.impact.value) == (found.right, found.kind, found.share)


@pytest.mark.parametrize("other", [replace(SICK, kind="disk.read"), replace(SICK, where="other"), HEALTHY])
def test_another_kind_another_place_or_none_is_wrong(other):
    assert not outcome(other, FULL).right


def test_what_is_no_illness_does_not_count():
    info = replace(FULL, findings=(replace(FIRST, severity=Severity.INFO),))
    assert outcome(HEALTHY, info).right
    assert not outcome(SICK, info).right


def test_too_few_looks_say_nothing():
    found = outcome(SICK, replace(FULL, verdict="inconclusive"))
    assert not found.right
    assert found.unjudged.startswith("only ")


def test_precision_is_of_the_findings_and_recall_of_the_illnesses():
    found = totals(
        [
            Outcome(case=SICK, kind=SICK.kind, where=SICK.where),
            Outcome(case=SICK, kind="sleep", where="other"),
            Outcome(case=SICK),
            Outcome(case=HEALTHY),
            Outcome(case=HEALTHY, kind="sleep"),
            Outcome(case=SICK, unjudged="noisy"),
        ]
    )
    assert (6, 5, 2) == (found.programs, found.judged, found.right)
    assert (1 / 3, 1 / 3) == (found.precision, found.recall)
    assert "failed" == found.verdict


@pytest.mark.parametrize(("judged", "verdict"), [(2, "passed"), (1, "passed"), (0, "inconclusive")])
def test_half_of_the_programs_must_have_been_judged(judged, verdict):
    every = [Outcome(case=HEALTHY)] * judged + [Outcome(case=HEALTHY, unjudged="noisy")] * (2 - judged)
    assert verdict == totals(every).verdict


def test_nothing_judged_has_no_precision():
    found = totals([])
    assert (None, None) == (found.precision, found.recall)
    assert "inconclusive" == totals([Outcome(case=SICK, unjudged="noisy")]).verdict
