import pytest

from perfdiag.attribution.lines import Lines
from perfdiag.model import Frame, Origin, TimeClass

FRAMES = {
    0: Frame(file="journal.py", function="append", line=12, first_line=10, origin=Origin.USER),
    1: Frame(file="journal.py", function="append", line=13, first_line=10, origin=Origin.USER),
}
JOURNAL, OTHER = 5, 6


def lines(*seen):
    found = Lines(FRAMES.get)
    for stack, time, item, times in seen:
        for _ in range(times):
            found.count(stack, time, item)
    return found


def test_a_line_that_was_seen_blocked_in_a_call_makes_that_call():
    found = lines((0, TimeClass.FSYNC, JOURNAL, 2), (0, TimeClass.NATIVE, -1, 8))
    assert (TimeClass.FSYNC, JOURNAL) == found.call_on(0)
    assert None is found.call_on(1)


def test_the_most_frequent_call_of_a_line_counts():
    found = lines((0, TimeClass.FSYNC, JOURNAL, 2), (0, TimeClass.DISK, OTHER, 3))
    assert (TimeClass.DISK, OTHER) == found.call_on(0)


@pytest.mark.parametrize(("blocked", "expected"), [(9, None), (11, (TimeClass.FSYNC, JOURNAL))])
def test_a_line_that_is_seldom_in_the_call_does_other_things_too(blocked, expected):
    found = lines((0, TimeClass.FSYNC, JOURNAL, blocked), (0, TimeClass.PYTHON, -1, 100 - blocked))
    assert expected == found.call_on(0)


def test_a_wait_for_a_lock_is_no_call_to_be_in():
    assert None is lines((0, TimeClass.LOCK, 1, 5)).call_on(0)


def test_a_line_releases_the_gil_when_it_mostly_runs_without_it():
    assert lines((0, TimeClass.NATIVE, -1, 3), (0, TimeClass.PYTHON, -1, 2)).releases_gil(0)
    assert not lines((0, TimeClass.NATIVE, -1, 2), (0, TimeClass.PYTHON, -1, 2)).releases_gil(0)
    assert not lines().releases_gil(0)


def test_a_stack_without_a_frame_is_counted_nowhere():
    found = lines((9, TimeClass.FSYNC, JOURNAL, 3))
    assert None is found.call_on(9)
    assert not found.releases_gil(9)
