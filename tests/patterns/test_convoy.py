import pytest

from perfdiag.model import TimeClass
from perfdiag.patterns.convoy import SPEC
from tests.patterns.cases_made import case, part, signals


def recognised(seconds, turns, *, kind="lock.contention", time=TimeClass.LOCK, **team):
    found = SPEC.recognise(case(part(seconds, turns, time=time), kind=kind, **team), signals())
    return found and round(found.evidence.value, 1)


def test_a_long_queue_at_a_lock_that_is_held_for_a_moment_is_a_convoy():
    assert 5.0 == recognised(50.0, 10_000)  # 1 ms each


@pytest.mark.parametrize(
    ("seconds", "turns"), [(50.0, 500), (20.0, 10_000), (50.0, 0)], ids=["held long", "two wait", "unknown"]
)
def test_a_lock_that_is_held_long_or_has_no_queue_is_none(seconds, turns):
    assert recognised(seconds, turns) is None


def test_threads_that_give_up_the_gil_for_short_waits_are_a_convoy():
    assert 4.0 == recognised(40.0, 9000, kind="cpu.gil", time=TimeClass.GIL, own_turns=8000.0)


def test_threads_that_only_compute_are_none_though_they_ask_for_the_gil_often():
    assert recognised(40.0, 9000, kind="cpu.gil", time=TimeClass.GIL, own_turns=20.0) is None
