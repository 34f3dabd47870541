import pytest

from perfdiag.patterns.n_plus_one import SPEC
from tests.patterns.cases_made import case, part, signals, stack


def recognised(*parts, sent=None, **more):
    found = SPEC.recognise(case(*parts, **more), signals() if sent is None else signals(tcp_peer_sent=sent))
    return found and round(found.evidence.value)


def test_many_short_waits_for_a_peer_from_one_line_are_one_question_for_each_item():
    assert 400 == recognised(part(8.0, 4000))


def test_no_more_questions_are_told_than_segments_were_sent():
    assert 250 == recognised(part(8.0, 4000), sent=250.0)


@pytest.mark.parametrize(
    "unlike",
    [
        {"parts": [part(8.0, 400)]},  # 20 ms each
        {"parts": [part(0.8, 200)]},  # 20 a second
        {"parts": [part(4.0, 2000), part(4.0, 2000, on=stack(line=90))]},
        {"parts": [part(8.0, 4000)], "item": None},
        {"parts": [part(8.0, 4000)], "idle_turns": 2000.0},  # two for each piece of work
        {"parts": [part(8.0, 0)]},
    ],
    ids=[
        "slow",
        "seldom",
        "two lines",
        "no peer",
        "once in each piece of work",
        "not counted",
    ],
)
def test_waits_that_are_unlike_it_are_not_told(unlike):
    assert recognised(*unlike["parts"], **{name: unlike[name] for name in unlike if name != "parts"}) is None
