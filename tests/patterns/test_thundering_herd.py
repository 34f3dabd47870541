import pytest

from perfdiag.model import TimeClass
from perfdiag.patterns.thundering_herd import SPEC
from tests.patterns.cases_made import case, part, signals


def recognised(**wakes):
    one = case(part(8.0, 900, time=TimeClass.LOCK), kind="lock.contention", item=None, **wakes)
    found = SPEC.recognise(one, signals())
    return found and found.evidence.value


def test_many_that_wake_at_once_for_nothing_are_a_herd():
    assert 20.0 == recognised(in_vain=0.9, at_once=20.0, unevenness=19.0)


@pytest.mark.parametrize("name", ["in_vain", "at_once", "unevenness"])
def test_threads_that_wake_alone_or_for_something_are_none(name):
    assert recognised(**{"in_vain": 0.9, "at_once": 20.0, "unevenness": 19.0} | {name: 0.4}) is None
