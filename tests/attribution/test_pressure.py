import pytest

from perfdiag.attribution.pressure import GroupLoad, loads
from perfdiag.model import TimeClass
from tests.attribution.test_busy import table


def load(busy, queued=0.0, throttled=0.0):
    return GroupLoad(group="g", threads=1, busy=busy, wall=1.0, queued=queued, throttled=throttled)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (load(0.5), True),
        (load(0.49), False),
        (load(0.3, queued=0.06), True),
        (load(0.3, queued=0.05), False),
        (load(0.3, throttled=0.001), True),
        (load(0.24, queued=0.2, throttled=0.1), False),
        (load(0.0), False),
    ],
)
def test_pressed_means_occupied_or_held_up_by_a_queue_or_a_quota(one, expected):
    assert expected is one.pressed


def test_a_group_without_time_is_not_occupied():
    assert 0.0 == GroupLoad(group="g", threads=0, busy=0, wall=0, queued=0, throttled=0).occupancy


def test_threads_that_hardly_ever_work_do_not_dilute_their_group():
    rows = table(
        (1, "workers", TimeClass.PYTHON, 0.0, 0.8),
        (1, "workers", TimeClass.IDLE, 0.8, 1.0),
        (2, "workers", TimeClass.PYTHON, 0.0, 0.01),
        (2, "workers", TimeClass.IDLE, 0.01, 1.0),
        (3, "helpers", TimeClass.IDLE, 0.0, 1.0),
    )
    found = loads(rows)
    assert ["workers"] == list(found)
    assert (1, 0.8) == (found["workers"].threads, pytest.approx(found["workers"].occupancy))


def test_queue_and_throttled_time_are_known_per_group():
    found = loads(table((1, "a", TimeClass.RUNQUEUE, 0.0, 0.4), (2, "b", TimeClass.THROTTLED, 0.0, 0.3)))
    assert pytest.approx((0.4, 0.0)) == (found["a"].queued, found["a"].throttled)
    assert pytest.approx((0.0, 0.3)) == (found["b"].queued, found["b"].throttled)
