"""The scoring of reports against truths: what counts as right."""

from typing import Any

import pytest

from tests.scenarios.scoring import Score, kept_up, last_name, score, total
from tests.scenarios.truth import Truth

PEER = Truth(kind="net.peer-wait", resource="network", where="fetch_ranking", object="redis")


def finding(
    kind: str,
    function: str | None = None,
    severity: str = "warning",
    impact: float = 0.5,
    resource: str = "network",
    pattern: str = "",
    **object_: str,
) -> dict[str, Any]:
    where = {"file": "x.py", "line": 1, "function": function} if function else None
    return {
        "kind": kind, "severity": severity, "where": where, "object": object_ or None,
        "impact": {"value": impact}, "resource": resource, "confidence": 0.9, "pattern": pattern,
    }  # fmt: skip


def report(*findings: dict[str, Any], made: int = 800, planned: int = 800) -> dict[str, Any]:
    return {"findings": list(findings), "meta": {"cost": {"planned": planned, "made": made}}}


@pytest.mark.parametrize(
    ("qualified", "expected"),
    [
        ("update_device", "update_device"),
        ("Registry.update_device", "update_device"),
        ("outer.<locals>.inner", "inner"),
        ("outer.<locals>.<lambda>", "<lambda>"),
        ("", ""),
    ],
)
def test_functions_compare_by_the_last_part_of_their_name(qualified: str, expected: str) -> None:
    assert expected == last_name(qualified)


def test_the_right_kind_at_the_right_function_is_right() -> None:
    got = score(report(finding("net.peer-wait", "PageBuilder.fetch_ranking")), PEER)
    assert (True, True) == (got.kind_right, got.place_right)


def test_the_right_object_stands_for_the_right_function() -> None:
    got = score(report(finding("net.peer-wait", "answer", name="127.0.0.1:6379", service="redis")), PEER)
    assert (True, True) == (got.kind_right, got.place_right)


@pytest.mark.parametrize(
    ("asked", "told", "expected"),
    [("n+1", "n+1", True), ("n+1", "", False), ("", "n+1", True), ("", "", True)],
)
def test_a_pattern_is_right_when_the_truth_asks_for_none_or_for_this_one(
    asked: str, told: str, expected: bool
) -> None:
    truth = Truth(kind="net.peer-wait", resource="network", pattern=asked)
    got = score(report(finding("net.peer-wait", pattern=told)), truth)
    assert (expected, told, True) == (got.pattern_right, got.pattern, got.place_right)


def test_neither_function_nor_object_is_a_wrong_place() -> None:
    got = score(report(finding("net.peer-wait", "answer", name="127.0.0.1:80", service="http")), PEER)
    assert (True, False) == (got.kind_right, got.place_right)


def test_the_right_place_under_the_wrong_kind_does_not_count() -> None:
    got = score(report(finding("sleep", "fetch_ranking")), PEER)
    assert (False, False) == (got.kind_right, got.place_right)


def test_a_kind_that_says_the_same_in_other_words_is_right() -> None:
    truth = Truth(kind="trend.fd", resource="fd", where="subscribe", also=("fd.exhaustion",))
    assert score(report(finding("fd.exhaustion", "subscribe")), truth).place_right
    assert not score(report(finding("sleep", "subscribe")), truth).kind_right


def test_only_the_first_finding_counts() -> None:
    got = score(report(finding("cpu.hot-code", "main"), finding("net.peer-wait", "fetch_ranking")), PEER)
    assert ("cpu.hot-code", False) == (got.kind, got.kind_right)


def test_a_note_of_severity_info_is_passed_over() -> None:
    note = finding("cpu.hot-code", severity="info")
    got = score(report(note, finding("net.peer-wait", "fetch_ranking")), PEER)
    assert ("net.peer-wait", True) == (got.kind, got.kind_right)


@pytest.mark.parametrize(
    ("kind", "resource", "expected"),
    [("net.connect", "network", True), ("sleep", "sleep", False), ("net.peer-wait", "other", True)],
    ids=["another kind of the same resource", "another resource", "the right kind"],
)
def test_the_right_resource_counts_under_another_kind(kind: str, resource: str, expected: bool) -> None:
    assert expected == score(report(finding(kind, "x", resource=resource)), PEER).resource_right


def test_a_truth_without_a_place_asks_for_none() -> None:
    got = score(report(finding("cpu.runqueue")), Truth(kind="cpu.runqueue", resource="scheduler"))
    assert (True, True) == (got.kind_right, got.place_right)


def test_a_finding_without_function_does_not_match_a_function() -> None:
    got = score(report(finding("cpu.gc")), Truth(kind="cpu.gc", resource="cpu", where="add_node"))
    assert (True, False) == (got.kind_right, got.place_right)


def test_no_finding_on_a_sick_target_is_wrong() -> None:
    got = score(report(), PEER)
    assert (False, False, False) == (got.healthy, got.kind_right, got.place_right)


def test_a_healthy_target_without_illness_is_right() -> None:
    got = score(report(finding("cpu.hot-code", severity="info", impact=0.1)), None)
    assert (True, True, True) == (got.kind_right, got.resource_right, got.calm)


def test_a_doubtful_finding_that_takes_a_fifth_is_not_calm() -> None:
    got = score(report(finding("cpu.hot-code", severity="info", impact=0.2)), None)
    assert (True, False) == (got.kind_right, got.calm)


def test_a_small_illness_of_a_healthy_target_is_wrong_though_calm() -> None:
    got = score(report(finding("sleep", severity="notice", impact=0.12)), None)
    assert (False, True) == (got.kind_right, got.calm)


@pytest.mark.parametrize("severity", ["notice", "warning", "critical"])
def test_any_illness_on_a_healthy_target_is_wrong(severity: str) -> None:
    assert not score(report(finding("sleep", severity=severity)), None).kind_right


@pytest.mark.parametrize(
    ("made", "planned", "expected"), [(800, 800, True), (720, 800, True), (719, 800, False), (0, 0, False)]
)
def test_a_report_is_judged_when_the_sampler_kept_up(made: int, planned: int, expected: bool) -> None:
    assert expected == kept_up(report(made=made, planned=planned))


def sick(kind_right: bool, place_right: bool, resource_right: bool = True) -> Score:
    return Score(healthy=False, kind_right=kind_right, place_right=place_right, resource_right=resource_right)


def well(right: bool, calm: bool = True) -> Score:
    return Score(healthy=True, kind_right=right, place_right=right, resource_right=right, calm=calm)


RIGHT = sick(True, True)


def test_nine_of_ten_kinds_and_places_and_all_healthy_pass() -> None:
    got = total([RIGHT] * 18 + [sick(False, False), sick(True, False)] + [well(True)] * 3)
    assert (20, 19, 18, 20) == (got.sick, got.kind_right, got.place_right, got.resource_right)
    assert (3, 3, 3) == (got.healthy, got.healthy_right, got.calm)
    assert got.passed


@pytest.mark.parametrize(
    "scores",
    [
        [],
        [RIGHT] * 17 + [sick(False, True)] * 3,
        [RIGHT] * 17 + [sick(True, False)] * 3,
        [RIGHT] * 18 + [sick(True, True, False)] * 2,
        [RIGHT] * 10 + [well(False)],
        [RIGHT] * 10 + [well(True, calm=False)],
    ],
    ids=["nothing judged", "kinds", "places", "resources", "an illness of the healthy", "a loud doubt"],
)
def test_less_than_that_does_not_pass(scores: list[Score]) -> None:
    assert not total(scores).passed
