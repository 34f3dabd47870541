import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from perfdiag.model import TimeClass
from perfdiag.reports.speedscope import render
from tests.examples import FULL, REPORTS

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "speedscope.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("name", REPORTS)
def test_a_file_keeps_the_published_schema(name: str) -> None:
    content = json.loads(render(REPORTS[name]))
    assert [] == list(Draft7Validator(SCHEMA).iter_errors(content))
    frames = len(content["shared"]["frames"])
    assert content["profiles"]
    for profile in content["profiles"]:
        assert len(profile["samples"]) == len(profile["weights"])
        assert round(sum(profile["weights"]), 6) == profile["endValue"]
        assert all(0 <= frame < frames for sample in profile["samples"] for frame in sample)


def test_there_is_a_profile_for_each_group_the_largest_first() -> None:
    profiles = json.loads(render(replace(FULL, profile=FULL.profile[::-1])))["profiles"]
    assert [("worker", 4.6234), ("metrics", 0.0001)] == [(one["name"], one["endValue"]) for one in profiles]


def test_a_stack_goes_from_the_root_to_the_class_of_its_time() -> None:
    content = json.loads(render(FULL))
    frames = [content["shared"]["frames"][number] for number in content["profiles"][0]["samples"][0]]
    assert [
        {"name": "serve", "file": "views.py", "line": 4},
        {"name": "load", "file": "orders.py", "line": 88},
        {"name": "[network]"},
    ] == frames


def test_idle_time_is_left_out() -> None:
    idle = replace(FULL, profile=tuple(replace(part, time=TimeClass.IDLE) for part in FULL.profile))
    assert [[]] == [profile["samples"] for profile in json.loads(render(idle))["profiles"]]
