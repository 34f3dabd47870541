import random

import pytest

from perfdiag.attribution.waking import Sums, Waking

ONE, TWO = (0, 11), (0, 12)


def woken(looks):
    """What was counted over looks, each (number woken, others that ran, fellows that ran)."""
    waking = Waking()
    for number, (threads, others, fellows) in enumerate(looks):
        waking.woke(number / 100, [(0, tid) for tid in range(threads)])
        waking.count(threads, others, fellows)
    return waking


def test_who_runs_whenever_one_is_woken_wakes_it():
    assert woken([(1, 1, 0), (0, 0, 1)] * 50).by_others


def test_who_runs_all_the_time_need_not_have_woken_anybody():
    assert not woken([(1, 1, 0), (0, 1, 1)] * 50).by_others


def test_who_runs_now_and_then_has_not_woken_those_who_are_woken_at_other_times():
    chance = random.Random(3)
    looks = [(chance.random() < 0.5, chance.random() < 0.5, 1) for _ in range(400)]
    assert not woken(looks).by_others


def test_a_heartbeat_that_meets_some_of_the_wakes_did_not_cause_them():
    assert not woken([(1, 1, 0), *[(0, 0, 0)] * 9, *[(1, 0, 0), *[(0, 0, 0)] * 9] * 4] * 10).by_others


def test_three_wakes_say_nothing():
    waking = woken([(1, 1, 0), (0, 0, 0)] * 3)
    assert (False, False, False) == (waking.seen, waking.by_others, waking.regular)


def test_the_clock_wakes_at_even_intervals_whatever_the_others_do():
    looks = [(number % 25 == 0, 0, number % 7 == 0) for number in range(400)]
    assert woken(looks).regular


@pytest.mark.parametrize("fellow_runs", [True, False])
def test_even_wakes_are_not_the_clocks_when_those_who_share_the_place_run_then(fellow_runs):
    looks = [(number % 25 == 0, 0, fellow_runs and number % 25 == 0) for number in range(400)]
    assert fellow_runs is not woken(looks).regular


def test_uneven_wakes_are_not_the_clocks():
    chance = random.Random(4)
    assert not woken([(chance.random() < 0.05, 0, 0) for _ in range(400)]).regular


def test_how_many_are_woken_together():
    assert 2.5 == woken([(2, 0, 0), (0, 0, 0), (3, 0, 0)]).at_a_time


def test_nothing_goes_along_with_what_never_changes():
    sums = Sums()
    for number in range(10):
        sums.add(number, 1)
    assert 0.0 == sums.correlation


def test_what_was_long_ago_counts_less():
    sums = Sums()
    for _ in range(2001):
        sums.add(1, 1)
    assert 1001 == sums.looks
