import pytest

from perfdiag.attribution.kernel_time import Counted, Entry
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.model import TimeClass

PRICE = 2e-6  # seconds of a page fault


def thread(**fields):
    return ThreadTime(
        process=0,
        tid=1,
        group="main thread",
        grouped=True,
        main=True,
        young=False,
        born=0.0,
        at=0.0,
        **fields,
    )


def booked(time, weight):
    return Entry(0.0, 1.0, time, -1, 0, weight)


def by_class(entries):
    found = {}
    for entry in entries:
        found[entry.time] = found.get(entry.time, 0.0) + entry.weight
    return {time: round(weight, 9) for time, weight in found.items()}


@pytest.mark.parametrize(
    ("blocked", "rest", "blocks", "expected"),
    [
        (TimeClass.NETWORK, 0.5, False, (0.5, 0.0)),
        (None, 0.5, True, (0.0, 0.5)),
        (TimeClass.NETWORK, 0.5, True, (0.496, 0.004)),
        (TimeClass.NETWORK, 0.006, True, (0.003, 0.003)),
    ],
)
def test_the_newer_wait_gets_no_more_than_half_of_the_last_tick(blocked, rest, blocks, expected):
    assert pytest.approx(expected) == thread(blocked=blocked).share_out(rest, blocks, 0.008)


def test_what_belongs_to_no_wait_is_kept_with_its_sign():
    one = thread()
    assert (0.0, 0.0) == one.share_out(0.003, False, 0.01)
    assert (0.0, 0.0) == one.share_out(-0.004, True, 0.01)
    assert pytest.approx(-0.001) == one.loose


def test_a_wait_is_split_over_those_who_stood_in_its_way():
    one = thread(blocked=TimeClass.LOCK, object=3, stack=5, others={7: 3, -1: 1})
    one.wait(0.0, 0.4, 0.4)
    assert {(7, 0.3), (-1, 0.1)} == {(entry.other, round(entry.weight, 9)) for entry in one.take(PRICE)}


def test_what_a_wait_is_owed_from_before_its_first_look_is_booked_with_it():
    one = thread(blocked=TimeClass.NETWORK, owed=0.01)
    one.wait(1.0, 1.1, 0.1)
    (entry,) = one.take(PRICE)
    assert pytest.approx((0.99, 1.1, 0.11)) == (entry.t0, entry.t1, entry.weight)


def test_loose_time_goes_to_the_waits_that_were_seen_in_proportion():
    one = thread(waits=[booked(TimeClass.NETWORK, 0.3), booked(TimeClass.FSYNC, 0.1)], loose=0.04)
    assert {TimeClass.NETWORK: 0.33, TimeClass.FSYNC: 0.11} == by_class(one.take(PRICE))


def test_loose_time_without_a_wait_is_unknown_when_it_is_more_than_the_lag_of_the_counters():
    one = thread(works=[booked(TimeClass.PYTHON, 0.5)], loose=0.009)
    assert {TimeClass.PYTHON: 0.5} == by_class(one.take(PRICE))
    one = thread(works=[booked(TimeClass.PYTHON, 0.5)], loose=0.5)
    assert {TimeClass.PYTHON: 0.5, TimeClass.UNKNOWN: 0.5} == by_class(one.take(PRICE))


def test_a_negative_rest_is_a_debt_that_later_time_pays():
    one = thread(loose=-0.004)
    one.take(PRICE)
    assert -0.004 == one.loose


def test_system_time_is_told_as_soon_as_enough_of_it_was_counted():
    one = thread(works=[booked(TimeClass.PYTHON, 0.1)])
    one.count(Counted(2, 8, 0), PRICE)
    one.works.append(booked(TimeClass.PYTHON, 0.1))
    one.count(Counted(11, 8, 0), PRICE)
    assert {TimeClass.PYTHON: 0.12, TimeClass.KERNEL: 0.08} == by_class(one.take(PRICE))


def test_a_single_clock_tick_says_nothing_about_system_time():
    one = thread(works=[booked(TimeClass.PYTHON, 0.01)], counted=Counted(0, 1, 0))
    assert {TimeClass.PYTHON: 0.01} == by_class(one.take(PRICE))


def test_taking_empties_the_books():
    one = thread(works=[booked(TimeClass.PYTHON, 0.5)], counted=Counted(50, 0, 0))
    one.take(PRICE)
    assert [] == one.take(PRICE)
    assert Counted(50, 0, 0) == one.marked


def test_counters_that_were_not_read_again_do_not_go_back():
    one = thread(counted=Counted(5, 5, 5))
    one.count(Counted(0, 6, 0), PRICE)
    assert Counted(5, 6, 5) == one.counted
