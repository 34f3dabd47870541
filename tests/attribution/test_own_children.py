import pytest

from perfdiag.attribution.own_children import OwnChildren
from perfdiag.model import Slice, TimeClass

CHILD, IDLE = TimeClass.CHILD, TimeClass.IDLE


def wait(t0, t1, time=CHILD, process=0, weight=None):
    return Slice(
        process=process, tid=7, t0=t0, t1=t1, time=time, object=-1, stack=-1,
        weight=t1 - t0 if weight is None else weight,
    )  # fmt: skip


def told(children, *slices):
    return [(part.time, pytest.approx(part.weight)) for part in children.told(slices)]


@pytest.fixture
def children():
    """Of a parent that is looked at from the start."""
    found = OwnChildren(lambda process: 0 if process in (1, 2) else -1)
    found.born(0, 0.0, first=True)
    return found


def test_a_wait_for_a_child_that_is_looked_at_is_idle(children):
    children.born(1, 0.0, first=True)
    assert [(IDLE, 2.0)] == told(children, wait(0.0, 2.0))


def test_a_wait_for_a_child_that_nobody_saw_stays_one(children):
    children.born(3, 0.0, first=True)  # of another parent
    assert [(CHILD, 2.0)] == told(children, wait(0.0, 2.0))


def test_a_wait_is_divided_at_the_end_of_the_last_child(children):
    children.born(1, 0.0, first=True)
    children.born(2, 0.0, first=True)
    children.ended(1, 0.5)
    children.ended(2, 1.0)
    assert [(IDLE, 1.5), (CHILD, 4.5)] == told(children, wait(0.0, 4.0, weight=6.0))


def test_children_one_after_the_other_cover_their_times(children):
    for number, start in ((1, 1.0), (2, 3.0)):
        children.born(number, start, first=True)
        children.ended(number, start + 1.0)
    assert [(IDLE, 2.0), (CHILD, 2.0)] == told(children, wait(1.0, 5.0))
    assert [(CHILD, 0.5)] == told(children, wait(5.0, 5.5))


def test_a_child_of_several_threads_lives_until_the_last_has_ended(children):
    children.born(1, 0.0, first=True)
    children.born(1, 0.5, first=False)
    children.ended(1, 1.0)
    assert [(IDLE, 2.0)] == told(children, wait(0.0, 2.0))


def test_a_child_that_was_found_later_had_lived_for_up_to_a_look(children):
    children.born(1, 1.0, first=False)
    assert [(IDLE, 1.05), (CHILD, 0.95)] == told(children, wait(0.0, 2.0))


def test_other_waits_and_those_of_other_processes_stay_as_they_are(children):
    children.born(1, 0.0, first=True)
    slices = (wait(0.0, 1.0, time=TimeClass.NETWORK), wait(0.0, 1.0, process=1))
    assert [(TimeClass.NETWORK, 1.0), (CHILD, 1.0)] == told(children, *slices)
