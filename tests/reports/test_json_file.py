import json
from dataclasses import replace
from typing import Any

from perfdiag.reports.json_file import render
from tests.examples import EMPTY, FULL, HOSTILE, META, REPORTS


def rendered(name: str) -> dict[str, Any]:
    return json.loads(render(REPORTS[name]))


def test_a_finding_has_the_fields_of_the_published_record() -> None:
    finding = rendered("full")["findings"][0]
    assert ("net.peer-wait", "warning", 71) == (finding["kind"], finding["severity"], finding["score"])
    subject = {"type": "process", "pid": 4711, "name": "gunicorn", "processes": 1}
    assert subject == finding["subject"]
    assert ["10.0.0.7:5432", 0.41] == finding["tables"][0]["rows"][0]
    assert ("time", "busy thread time") == (finding["gain"]["model"], finding["impact"]["of"])
    assert {"share_notice": 0.1, "share_warning": 0.2} == finding["thresholds"]
    assert 0.361235 == finding["gain"]["value"]


def test_an_exhaustion_is_not_said_to_be_of_busy_time() -> None:
    assert "of" not in rendered("full")["findings"][1]["impact"]


def test_a_hot_function_has_its_time_alone_and_with_what_it_calls() -> None:
    row = rendered("full")["functions"][1]
    assert ("worker", 8, "load", 88) == (
        row["group"],
        row["threads"],
        row["where"]["function"],
        row["where"]["line"],
    )
    assert (0.2, 0.5) == (row["self"]["value"], row["total"]["value"])


def test_times_keep_their_microseconds() -> None:
    assert [81_204.113_207, 81_214.121_004] == rendered("full")["window"]
    assert "2026-09-21T14:13:20.500Z" == rendered("full")["meta"]["started"]


def test_a_time_that_no_calendar_has_is_null() -> None:
    report = replace(EMPTY, meta=replace(META, started=1e300))
    assert json.loads(render(report))["meta"]["started"] is None


def test_what_is_not_finite_is_null() -> None:
    text = render(REPORTS["infinite"])
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text)["findings"][0]["gain"]["value"] is None


def test_nothing_is_left_that_ends_a_script_element() -> None:
    assert "<" not in render(REPORTS["hostile"])


def test_strings_can_be_read_by_every_parser() -> None:
    target = rendered("hostile")["meta"]["target"]
    assert target.encode("utf-8").decode("utf-8") == target
    assert target.endswith(META.target)
    assert HOSTILE not in target


def test_the_same_report_gives_the_same_bytes_whatever_the_noise_beyond_six_digits() -> None:
    noisy = replace(FULL, meta=replace(META, rate=META.rate * (1 + 1e-12)))
    assert render(FULL) == render(noisy)


def test_a_number_that_no_process_can_have_is_a_name() -> None:
    finding = replace(FULL.findings[0], subject="process:" + 5000 * "9")
    found = json.loads(render(replace(FULL, findings=(finding,))))["findings"][0]["subject"]
    assert ("process", False) == (found["type"], "pid" in found)


def test_a_tree_and_a_set_are_told_with_their_processes() -> None:
    told = []
    for subject in ("tree:7", "set:7,8", "host"):
        finding = replace(FULL.findings[0], subject=subject, subject_name="app", processes=3)
        told.append(json.loads(render(replace(FULL, findings=(finding,))))["findings"][0]["subject"])
    assert [
        {"type": "tree", "pid": 7, "name": "app", "processes": 3},
        {"type": "set", "pids": [7, 8], "name": "app", "processes": 3},
        {"type": "host"},
    ] == told
