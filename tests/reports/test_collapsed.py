from dataclasses import replace

from perfdiag.diagnosis import Weighted
from perfdiag.model import Frame, Origin, Stack, TimeClass
from perfdiag.reports.collapsed import render
from tests.examples import FULL, REPORTS


def weighted(function: str, seconds: float, line: int = 1) -> Weighted:
    frame = Frame(file="a.py", function=function, line=line, first_line=1, origin=Origin.USER)
    return Weighted(
        time=TimeClass.LOCK, group="g", stack=Stack(id=line, frames=(frame, frame)), seconds=seconds
    )


def test_a_line_goes_from_the_group_over_root_and_leaf_to_the_class() -> None:
    assert "worker;serve (views.py:4);load (orders.py:88);[network] 4123\n" in render(FULL)


def test_equal_lines_are_added_before_they_are_rounded() -> None:
    report = replace(FULL, profile=(weighted("f", 0.0004), weighted("f", 0.0004)))
    assert "g;f (a.py:1);f (a.py:1);[lock] 1\n" == render(report)


def test_every_line_can_be_split_again_whatever_the_names() -> None:
    for line in render(REPORTS["hostile"]).splitlines():
        stack, _, count = line.rpartition(" ")
        assert int(count) > 0
        assert stack.split(";")[-1] in {"[network]", "[gil]"}
        assert len(stack.split(";")) in {2, 4}
