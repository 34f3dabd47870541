import json
from dataclasses import replace

import pytest

from perfdiag.model import TimeClass
from perfdiag.reports.firefox import render
from tests.examples import FULL, META, REPORTS
from tests.reports.firefox_reading import check, stacks


@pytest.mark.parametrize("name", REPORTS)
def test_a_profile_is_one_that_the_viewer_can_load(name: str) -> None:
    check(json.loads(render(REPORTS[name])))


def test_a_stack_goes_from_the_root_to_the_leaf_in_the_category_of_its_class() -> None:
    profile = json.loads(render(FULL))
    assert [(["serve views.py:4", "load orders.py:88"], "network"), (["[gil]"], "gil")] == stacks(profile, 0)


def test_a_group_is_a_thread_and_the_weights_are_its_milliseconds() -> None:
    threads = json.loads(render(FULL))["threads"]
    assert ["worker", "metrics"] == [thread["name"] for thread in threads]
    assert ([4123.4, 500.0], [0.0, 4123.4]) == (
        threads[0]["samples"]["weight"],
        threads[0]["samples"]["time"],
    )


def test_a_function_that_computes_and_waits_is_one_function_in_two_categories() -> None:
    part = FULL.profile[0]
    both = replace(FULL, profile=(part, replace(part, time=TimeClass.PYTHON)))
    profile = json.loads(render(both))
    assert ["network", "python"] == [category for _, category in stacks(profile, 0)]
    assert 2 == profile["shared"]["funcTable"]["length"]


def test_every_class_of_time_has_a_colour_of_its_own_choice() -> None:
    from perfdiag.reports.firefox import _COLOURS

    quiet = {TimeClass.SLEEP, TimeClass.CHILD, TimeClass.IDLE}
    assert set(TimeClass) - quiet <= _COLOURS.keys()


def test_idle_time_is_left_out() -> None:
    idle = replace(FULL, profile=tuple(replace(part, time=TimeClass.IDLE) for part in FULL.profile))
    profile = json.loads(render(idle))
    check(profile)
    assert [[None]] == [thread["samples"]["stack"] for thread in profile["threads"]]


@pytest.mark.parametrize("started", [float("nan"), -1e308])
def test_a_start_that_is_no_time_is_the_beginning_of_time(started: float) -> None:
    broken = replace(FULL, meta=replace(META, started=started))
    assert 0 == json.loads(render(broken))["meta"]["startTime"]


def test_a_rate_that_is_hardly_one_has_an_interval() -> None:
    broken = replace(FULL, meta=replace(META, rate=1e-320))
    assert 1000 == json.loads(render(broken))["meta"]["interval"]
