from perfdiag.reports.brief import render
from tests.examples import EMPTY, FULL, REPORTS


def test_the_brief_is_a_line_for_each_sentence() -> None:
    assert [*FULL.brief, ""] == render(FULL).split("\n")


def test_a_newline_in_a_name_adds_no_line() -> None:
    assert 3 == render(REPORTS["hostile"]).count("\n")


def test_a_report_without_a_brief_is_empty() -> None:
    assert "" == render(EMPTY)
