import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from perfdiag.diagnosis import Report, Severity
from perfdiag.reports.sarif import render
from tests.examples import CALM, FULL, LOAD, PEER_WAIT, REPORTS

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.schema.json").read_text("utf-8"))


def run(report: Report) -> dict[str, Any]:
    (found,) = json.loads(render(report))["runs"]
    return found


def result(**changes: Any) -> dict[str, Any]:
    (found,) = run(replace(FULL, findings=(replace(PEER_WAIT, **changes),)))["results"]
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_a_log_keeps_the_published_schema(name: str) -> None:
    validator = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
    assert [] == list(validator.iter_errors(json.loads(render(REPORTS[name]))))


def test_a_finding_is_a_result_of_its_kind_at_its_line() -> None:
    found = result()
    assert ("net.peer-wait", 0, "warning", 71) == tuple(
        found[key] for key in ("ruleId", "ruleIndex", "level", "rank")
    )
    assert {"artifactLocation": {"uri": "orders.py"}, "region": {"startLine": 88}} == found["locations"][0][
        "physicalLocation"
    ]
    assert {"perfdiag/v1": "9a1b6cf02d4e"} == found["fingerprints"]


def test_every_kind_is_one_rule_that_its_results_point_to() -> None:
    found = run(replace(FULL, findings=(PEER_WAIT, *FULL.findings)))
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert [one["ruleId"] for one in found["results"]] == [
        rules[one["ruleIndex"]] for one in found["results"]
    ]


@pytest.mark.parametrize(
    ("severity", "level"),
    [*zip(Severity, ("note", "note", "warning", "error"), strict=True)],
)
def test_the_level_follows_the_severity(severity: Severity, level: str) -> None:
    assert level == result(severity=severity)["level"]


def test_a_finding_that_is_not_certain_is_open_and_has_no_level() -> None:
    found = result(verdict="inconclusive")
    assert ("open", "none") == (found["kind"], found["level"])


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("/srv/my app/ü.py", "file:///srv/my%20app/%C3%BC.py"),
        ("a/b.py", "a/b.py"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("<string>", None),
        ("", None),
    ],
)
def test_a_file_is_a_uri_and_code_without_a_file_has_none(file: str, uri: str | None) -> None:
    (location,) = result(where=replace(LOAD, file=file))["locations"]
    assert uri == location.get("physicalLocation", {}).get("artifactLocation", {}).get("uri")
    assert "load" == location["logicalLocations"][0]["fullyQualifiedName"]


def test_nothing_in_a_message_is_a_link_or_an_argument() -> None:
    assert r"\[x\](y) {{0}} \\" == result(summary="[x](y) {0} \\")["message"]["text"]


def test_a_healthy_target_has_an_empty_list_of_results() -> None:
    assert [] == run(CALM)["results"]


def test_what_was_not_seen_is_a_notification() -> None:
    (invocation,) = run(FULL)["invocations"]
    texts = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert "not evaluated: cpu.throttled: no cgroup CPU controller" in texts
    assert "not seen: frames of native code" in texts
    assert "collector pressure: no_data, /proc/pressure: missing" in texts
