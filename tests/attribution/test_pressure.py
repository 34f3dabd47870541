import pytest

from perfdiag.attribution.pressure import GroupLoad, loads
from perfdiag.gate import DEFAULTS
from perfdiag.model import TimeClass
from perfdiag.ticks import FIRST_TASK
from perfdiag.timetable import Episode
from tests.attribution.test_busy import table


def load(busy, queued=0.0, throttled=0.0, **more):
    return GroupLoad(group="g", threads=1, busy=busy, wall=1.0, queued=queued, throttled=throttled, **more)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (load(0.5), True),
        (load(0.49), False),
        (load(0.3, queued=0.06), True),
        (load(0.3, queued=0.05), False),
        (load(0.3, throttled=0.001), True),
        (load(0.24, queued=0.2, throttled=0.1), False),
        (load(0.02, stalled=0.1), True),
        (load(0.02, stalled=0.09), False),
        (load(0.02, unaccepted=0.5), True),
        (load(0.02, unaccepted=0.4), False),
        (load(0.0, stalled=1.0, unaccepted=1.0), False),
        (load(0.3, limits={**DEFAULTS, "occupancy": 0.3}), True),
    ],
)
def test_pressed_means_occupied_or_held_up_by_a_queue_a_quota_or_a_callback(one, expected):
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


def test_tasks_that_are_made_for_their_work_occupy_what_they_take_of_the_whole_time():
    rows = table(
        (FIRST_TASK, "requests", TimeClass.NETWORK, 0.0, 0.1),
        (FIRST_TASK + 1, "requests", TimeClass.NETWORK, 0.5, 0.6),
        (1, "thread", TimeClass.NETWORK, 0.0, 0.1),
        (2, "other", TimeClass.IDLE, 0.0, 1.0),
    )
    found = loads(rows)
    assert (0.2, 1.0) == (pytest.approx(found["requests"].occupancy), found["thread"].occupancy)


def test_queues_throttled_time_and_episodes_are_known_per_group():
    rows = table(
        (1, "a", TimeClass.RUNQUEUE, 0.0, 0.4),
        (2, "b", TimeClass.THROTTLED, 0.0, 0.3),
        (3, "c", TimeClass.POOL, 0.0, 0.2),
        (3, "c", TimeClass.QUEUE, 0.2, 0.3),
    )
    rows.episodes = [Episode(process=0, tid=1, group="a", t0=0.1, t1=0.3, spent={})]
    rows.unaccepted = {"b": 0.7}
    found = loads(rows)
    assert pytest.approx((0.4, 0.0, 0.2, 0.0)) == pressing(found["a"])
    assert pytest.approx((0.0, 0.3, 0.0, 0.7)) == pressing(found["b"])
    assert pytest.approx((0.3, 0.0, 0.0, 0.0)) == pressing(found["c"])


def pressing(one):
    return one.queued, one.throttled, one.stalled, one.unaccepted


def test_the_limits_of_the_table_are_those_of_its_groups():
    rows = table((1, "a", TimeClass.PYTHON, 0.0, 0.4), (1, "a", TimeClass.IDLE, 0.4, 1.0))
    assert not loads(rows)["a"].pressed
    rows.limits = {"occupancy": 0.4}
    assert loads(rows)["a"].pressed
