from dataclasses import replace

import pytest

from perfdiag.diagnosis import Severity
from perfdiag.judge_level import against, amount_label, evidence, level_draft
from perfdiag.model import Place
from perfdiag.units import Unit
from tests.analyzers.rules.levels import level

LIMITS = {"share_notice": 0.2, "share_warning": 0.6, "other_notice": 0.0}


def draft(signal):
    return level_draft(
        signal,
        LIMITS,
        kind="host.disk",
        prefix="share",
        summary="Full.",
        next_step="look",
        evidence=[evidence("share", signal, "/proc/x")],
        against=against("cpu.runqueue", level("y", 0.05), "tasks wait for a CPU"),
    )


def test_the_lower_bound_is_judged_and_not_the_value():
    assert None is draft(level("x", 0.5, half=0.4))
    found = draft(level("x", 0.5, half=0.1))
    assert (Severity.NOTICE, 0.5) == (found.severity, found.estimate.value)
    assert 25 < found.score < 75


def test_without_a_critical_limit_warning_is_the_worst():
    assert Severity.WARNING == draft(level("x", 1.0)).severity


def test_it_claims_no_time_and_names_its_own_limits():
    found = draft(level("x", 1.0))
    assert None is found.claim
    assert (("share_notice", 0.2), ("share_warning", 0.6)) == found.thresholds


def test_numbers_of_evidence_and_of_alternatives_are_measured():
    found = draft(level("x", 0.5, half=0.1))
    (fact,), (alternative,) = found.evidence, found.against
    assert (0.4, 0.5, 0.6, Unit.RATIO, "/proc/x") == (fact.low, fact.value, fact.high, fact.unit, fact.source)
    assert "tasks wait for a CPU 5 %" == alternative.because
    assert () == against("cpu.runqueue", None, "tasks wait for a CPU")


@pytest.mark.parametrize(("text", "expected"), [("5.5", 5.5), ("", 0.0), ("inf", 1e12), ("x", 0.0)])
def test_a_label_that_is_a_number(text, expected):
    signal = replace(level("x", 0.5), labels=(("rate", text),))
    assert expected == amount_label(signal, "rate")
    assert 0.0 == amount_label(signal, "left")


def test_the_place_of_a_level_is_kept():
    place = Place(file="/srv/x.py", function="load", line=1)
    assert place == draft(replace(level("x", 1.0), where=place)).where
