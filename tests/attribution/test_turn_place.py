import random

import pytest

from perfdiag.attribution.turn_place import Place


def looked(at_work, takers=8):
    """A place after looks at which so many were at work."""
    place = Place()
    for tick, number in enumerate(at_work):
        place.count(tick / 100, number, takers, held=number > 0)
    return place


def test_where_always_as_many_are_at_work_turns_are_taken():
    place = looked([2] * 100)
    assert (True, True) == (place.taken, place.steady)


def test_a_turn_that_is_handed_over_is_nobodys_for_a_moment():
    place = looked(([1] * 19 + [0]) * 10, takers=4)
    assert (True, True) == (place.taken, place.steady)


@pytest.mark.parametrize("load", [0.2, 0.5, 0.8])
def test_workers_that_have_something_to_do_now_and_then_are_not_steady(load):
    chance = random.Random(3)
    assert not looked([sum(chance.random() < load for _ in range(8)) for _ in range(400)]).steady


def test_what_nobody_has_while_somebody_waits_for_it_is_no_turn():
    place = looked([1, 1, 1, 0, 0, 0, 0] * 20)
    assert (False, False) == (place.taken, place.steady)


def test_short_jobs_that_follow_each_other_closely_are_no_turns():
    assert not looked([1, 0] * 50).taken


def test_a_few_looks_say_nothing():
    assert not looked([1] * 49).taken


def test_all_takers_at_work_leave_none_that_waits():
    assert not looked([8] * 50).steady


def test_what_was_long_ago_counts_less():
    place = looked([0] * 200 + [1] * 1000)
    assert place.taken
    assert place.looks <= 200


def starving(*, waiting=6, may_have=2, woken=2, at_work=0):
    place = looked([])
    for tick in range(100):
        place.count(tick / 100, at_work, waiting, waiting=waiting, may_have=may_have, held=True)
        place.waking.woke(tick / 100, [(0, tid) for tid in range(woken)])
        place.waking.count(woken, 0, may_have)
    return place


def test_who_waits_in_vain_behind_a_few_that_always_have_a_turn_is_starved():
    assert starving().starved


@pytest.mark.parametrize("changed", [{"waiting": 1}, {"woken": 4}, {"at_work": 1}])
def test_one_that_waits_or_more_woken_than_could_give_back_or_work_now_and_then_is_not(changed):
    assert not starving(**changed).starved
