import json
from dataclasses import replace

from perfdiag.diagnosis import Contrast, ContrastRow
from perfdiag.model import Estimate
from perfdiag.reports._contrast import as_json, lines
from perfdiag.reports.json_file import render as document
from perfdiag.reports.terminal import render as terminal
from perfdiag.units import Unit
from tests.examples import FULL, PEER_WAIT


def estimate(value, unit):
    return Estimate(value=value, low=value - 0.1, high=value + 0.1, unit=unit, n=40)


TOTAL = ContrastRow(
    kind="total",
    name="",
    base=0.4,
    other=0.6,
    difference=estimate(0.2, Unit.COUNT),
    change=estimate(0.5, Unit.RATIO),
    certain=True,
)
FUNCTION = replace(
    TOTAL, kind="function", name="orders.py:load", where=PEER_WAIT.where, change=None, certain=False
)
CONTRAST = Contrast(
    base="shop (pid 42)",
    other="shop (pid 43)",
    verdict="worse",
    because="it differs",
    limit=0.2,
    rows=(TOTAL, FUNCTION),
)


def test_nothing_is_said_where_nothing_was_compared():
    assert ([], None) == (lines(None), as_json(None))


def test_the_verdict_stands_above_the_rows_and_what_is_certain_is_marked():
    title, verdict, header, total, function = lines(CONTRAST)
    assert ("Two processes", "  shop (pid 43) is WORSE than shop (pid 42): it differs") == (title, verdict)
    assert header.split()[:2] == ["busy", "threads"]
    assert ["in", "all", "0.40", "0.60", "0.20"] == total.split()[:5]
    assert total.endswith("differs")
    assert function.startswith("  load (orders.py) ")
    assert not function.endswith("differs")


def test_what_cannot_be_told_is_not_called_a_comparison():
    undecided = lines(replace(CONTRAST, verdict="undecided"))[1]
    assert "  UNDECIDED whether shop (pid 43) is worse than shop (pid 42): it differs" == undecided


def test_it_stands_in_the_reports_for_people_and_for_programs():
    report = replace(FULL, contrast=CONTRAST)
    assert as_json(CONTRAST) == json.loads(document(report))["contrast"]
    assert "\n\nTwo processes\n" in terminal(report)


def test_a_hostile_name_stays_one_line_of_plain_characters():
    hostile = replace(CONTRAST, other="\x1b[31m\n<b>\u202e", rows=(replace(TOTAL, name="\x1b]0;x\x07"),))
    text = "\n".join(lines(hostile))
    assert [] == [one for one in text if one != "\n" and not one.isprintable()]
