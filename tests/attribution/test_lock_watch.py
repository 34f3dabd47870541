"""What is seen of locks at each tick, from scripts: the durations that go in must come out."""

from dataclasses import replace

import pytest

from perfdiag.attribution.fold import Attribution
from perfdiag.model import ObjectType, TimeClass
from tests.recordings_made import STDLIB, Shop, run, seconds_of, wait


def uses(recording):
    """What is seen of the locks, by their names."""
    attribution, at = Attribution(recording), recording.ticks.ticks["at_ns"]
    attribution.step(0, len(at), at[-1] / 1e9)
    return {recording.objects[use.object].name: use for use in attribution.locks.uses()}


def ticks(seconds):
    return [round(one * 100) for one in seconds]


def test_episodes_of_waiting_and_holding_are_as_long_as_they_were():
    shop = Shop()
    hold, want = (
        wait(20, "recvfrom", shop.reserved, shop.database),
        wait(21, "futex", shop.reserve, shop.lock),
    )
    shop.thread(1, *4 * (run(1, shop.reserved), hold, run(21, shop.price, gil=False)))
    shop.thread(2, *4 * (run(22, shop.price, gil=False), want))
    (use,) = uses(shop.recording()).values()
    assert [21, 21, 21] == ticks(use.waits)[:3]
    assert {(2): shop.reserve} == {tid: stack for (_, tid), stack in use.waiters.items()}
    shop = Shop()
    shop.thread(1, *4 * (run(1, shop.reserved), hold))
    shop.thread(2, run(2, shop.price), wait(82, "futex", shop.reserve, shop.lock))
    (use,) = uses(shop.recording()).values()
    assert [82] == ticks(use.waits)
    assert [82] == ticks(use.holds)  # nobody else had it in between
    doing = {one.time: seconds for one, seconds in use.doing.items()}
    assert pytest.approx(0.79, abs=0.03) == doing[TimeClass.NETWORK]
    assert pytest.approx(0.03, abs=0.02) == doing[None]


def test_who_is_woken_in_vain_waits_on():
    shop = Shop()
    shop.thread(1, *10 * (run(0.5, shop.reserved), wait(9.5, "recvfrom", shop.reserved, shop.database)))
    woken = (run(0.001, shop.reserve), wait(9.999, "futex", shop.reserve, shop.lock))
    shop.thread(2, wait(0.5, "futex", shop.reserve, shop.lock), *9 * woken)
    shop.thread(3, *10 * (run(1, shop.price, gil=False), wait(9, "futex", shop.reserve, shop.lock)))
    (use,) = uses(shop.recording()).values()
    assert 10 * [9] + [91] == sorted(ticks(use.waits))


def told(shop, name, tid):
    """The object of a lock, and that the sampler has found its holder."""
    number = shop.item(ObjectType.FUTEX, name)
    shop.objects[number] = replace(shop.objects[number], holder=tid)
    return number


def test_a_lock_whose_holder_was_found_is_waited_for_though_nothing_moves():
    shop = Shop()
    lock = told(shop, "futex 0x20", 1)
    shop.thread(1, wait(300, "recvfrom", shop.load, shop.database))
    shop.thread(2, wait(300, "futex", shop.append, lock))
    shop.thread(3, *3 * (run(50, shop.price), wait(50, "futex", shop.append, shop.lock)))
    recording = shop.recording()
    assert pytest.approx(3.0, abs=0.02) == seconds_of(recording, 2)[TimeClass.LOCK]
    assert {1} == {doing.tid for doing in uses(recording)["futex 0x20"].doing}


def test_a_holder_that_has_nothing_in_hand_stands_in_nobodys_way():
    shop = Shop()
    lock = told(shop, "futex 0x20", 1)
    shop.thread(1, wait(300, "recvfrom", shop.load, shop.client))
    shop.thread(2, wait(300, "futex", shop.append, lock))
    assert {TimeClass.IDLE: 3.0} == seconds_of(shop.recording(), 2)


@pytest.mark.parametrize("wait_of", ["rests", "joins"])
def test_a_holder_that_sleeps_or_waits_for_a_helper_stands_in_the_way(wait_of):
    shop = Shop()
    rests = shop.stack("cache.py:9 refresh")
    joins = shop.stack(f"{STDLIB}/threading.py:1119 Thread.join", "cache.py:9 refresh")
    lock, call = told(shop, "futex 0x20", 1), {"rests": "clock_nanosleep", "joins": "futex"}[wait_of]
    item = {"rests": -1, "joins": shop.lock}[wait_of]
    shop.thread(1, wait(300, call, {"rests": rests, "joins": joins}[wait_of], item))
    shop.thread(2, wait(300, "futex", shop.append, lock))
    assert {TimeClass.LOCK: 3.0} == seconds_of(shop.recording(), 2)


def test_threads_that_have_each_others_locks_block_each_other_for_certain():
    shop = Shop()
    first, second = told(shop, "futex 0x20", 2), told(shop, "futex 0x30", 1)
    shop.thread(1, wait(300, "futex", shop.append, first))
    shop.thread(2, run(100, shop.price), wait(200, "futex", shop.load, second))
    found = uses(shop.recording())
    assert [2] == [holder for holder, _ in found["futex 0x20"].blocks.values()]
    ((holder, since),) = found["futex 0x30"].blocks.values()
    assert 1 == holder
    assert pytest.approx(5001.0, abs=0.02) == since


def test_workers_parked_on_a_lock_of_their_own_each_are_idle():
    shop = Shop()
    parked = shop.stack("relay.py:9 Relay.run")
    works = shop.stack("relay.py:11 Relay.run")
    for tid in (1, 2, 3):
        own = shop.item(ObjectType.FUTEX, f"futex {tid}")
        shop.thread(tid, *(5 - tid) * (wait(30 * tid, "futex", parked, own), run(5 * tid, works, gil=False)))
    still = shop.item(ObjectType.FUTEX, "futex 4")
    shop.thread(4, wait(330, "futex", parked, still))
    recording = shop.recording()
    assert {TimeClass.IDLE} == set(seconds_of(recording, 4))
    assert not any(use.blocks for use in uses(recording).values())
    assert not any(doing.tid for use in uses(recording).values() for doing in use.doing)


def test_who_waits_at_a_pipe_for_an_answer_may_have_the_lock():
    shop = Shop()
    pipe = shop.item(ObjectType.PIPE, "pipe 77")
    asks = wait(20, "read", shop.reserved, pipe)
    shop.thread(1, *4 * (run(1, shop.reserved), asks))
    shop.thread(2, *4 * (run(1, shop.price), wait(20, "futex", shop.reserve, shop.lock)))
    (use,) = uses(shop.recording()).values()
    doing = {(one.tid, one.object): seconds for one, seconds in use.doing.items()}
    assert pytest.approx(0.8, abs=0.03) == doing[1, pipe]


def test_of_very_many_locks_those_that_are_not_told_apart_lengthen_no_wait_for_another_one():
    shop = Shop()
    locks = [shop.item(ObjectType.FUTEX, f"futex {number:#x}") for number in range(300)]
    for tid, lock in enumerate(locks[:260]):
        shop.thread(tid, wait(60, "futex", shop.append, lock))
    goes_on = (wait(20.5, "futex", shop.append, locks[0]), run(0.02, shop.price))
    shop.thread(999, *goes_on, wait(39.48, "futex", shop.append, locks[299]))
    assert pytest.approx([0.2, 0.6], abs=0.03) == sorted(uses(shop.recording())["futex 0x0"].waits)
