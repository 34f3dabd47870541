import pytest

from perfdiag.case import Herd
from perfdiag.model import TimeClass
from perfdiag.patterns.thundering_herd import SPEC
from tests.patterns.cases_made import case, part, signals

MANY = {"rate": 500.0, "in_vain": 0.9, "at_once": 20.0, "unevenness": 19.0}
ALONE = Herd(name="others", rate=900.0, in_vain=0.2, at_once=1.2, unevenness=1.0)


def recognised(**wakes):
    herds = (ALONE, Herd(name="sorters", **MANY | wakes))
    one = case(part(8.0, 900, time=TimeClass.GIL), kind="cpu.gil", item=None, herds=herds)
    found = SPEC.recognise(one, signals())
    return found and found.evidence.value


def test_many_that_wake_at_once_for_nothing_are_a_herd():
    assert 20.0 == recognised()


@pytest.mark.parametrize("name", MANY)
def test_threads_that_wake_alone_seldom_or_for_something_are_none(name):
    assert recognised(**{name: 0.4}) is None
