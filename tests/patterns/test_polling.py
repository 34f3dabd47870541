import pytest

from perfdiag.model import TimeClass
from perfdiag.patterns.polling import SPEC
from tests.patterns.cases_made import case, part, signals, stack


def recognised(*spent, **team):
    parts = [
        part(seconds, turns, time=TimeClass.SLEEP, on=stack(line=line)) for seconds, turns, line in spent
    ]
    found = SPEC.recognise(case(*parts, kind="sleep", item=None, **team), signals())
    return found and round(found.evidence.value)


def test_short_sleeps_with_nothing_between_them_poll():
    assert 95 == recognised((9.5, 950, 88), computing=0.02)


@pytest.mark.parametrize(
    ("spent", "team"),
    [
        ([(9.5, 100, 88)], {}),
        ([(9.5, 950, 88)], {"computing": 0.5}),
        ([(9.5, 950, 88)], {"own_turns": 2000.0}),
        ([(9.5, 950, 88)], {"idle_turns": 900.0}),
        ([(5.0, 500, 88), (5.0, 500, 90)], {}),
        ([(9.5, 0, 88)], {}),
    ],
    ids=["long", "work between", "waits between", "work comes between", "two lines", "not counted"],
)
def test_other_sleeps_do_not(spent, team):
    assert recognised(*spent, **team) is None
