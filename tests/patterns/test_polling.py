import pytest

from perfdiag.model import Frame, Origin, Stack, TimeClass
from perfdiag.patterns.polling import SPEC
from tests.patterns.cases_made import case, part, signals, stack


def recognised(*spent, **team):
    parts = [
        part(seconds, turns, time=TimeClass.SLEEP, on=stack(line=line)) for seconds, turns, line in spent
    ]
    found = SPEC.recognise(case(*parts, kind="sleep", item=None, **team), signals())
    return found and round(found.evidence.value)


def test_short_sleeps_with_nothing_between_them_poll():
    assert 190 == recognised((9.5, 1900, 88), computing=0.02)


@pytest.mark.parametrize(
    ("spent", "team"),
    [
        ([(9.5, 400, 88)], {}),
        ([(9.5, 1900, 88)], {"computing": 0.5}),
        ([(9.5, 1900, 88)], {"own_turns": 4000.0}),
        ([(9.5, 1900, 88)], {"idle_turns": 1500.0}),
        ([(5.0, 1000, 88), (5.0, 1000, 90)], {}),
        ([(9.5, 0, 88)], {}),
    ],
    ids=["long", "work between", "waits between", "work comes between", "two lines", "not counted"],
)
def test_other_sleeps_do_not(spent, team):
    assert recognised(*spent, **team) is None


def test_a_sleep_in_a_callback_is_not_told():
    loop = Frame(
        file="/usr/lib/python3.11/asyncio/events.py",
        function="_run",
        line=1,
        first_line=1,
        origin=Origin.STDLIB,
    )
    on = Stack(id=0, frames=(*stack().frames, loop))
    one = case(part(9.5, 1900, time=TimeClass.SLEEP, on=on), kind="sleep", item=None)
    assert SPEC.recognise(one, signals()) is None
