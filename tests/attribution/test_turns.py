import pytest

from perfdiag.attribution.turns import Turns
from perfdiag.model import TimeClass

MS = 1_000_000  # nanoseconds
FREE, HELD = 3, 4  # objects


@pytest.mark.parametrize("time", [TimeClass.NETWORK, TimeClass.CHILD, TimeClass.LOCK, TimeClass.SLEEP])
def test_a_wait_from_before_the_first_look_is_idle_until_the_thread_runs(time):
    turns = Turns(pooled=False, held={HELD})
    assert TimeClass.IDLE is turns.told(time, FREE)
    turns.moved = True
    assert time is turns.told(time, FREE)


@pytest.mark.parametrize("time", [TimeClass.NETWORK, TimeClass.CHILD, TimeClass.SLEEP])
def test_in_a_worker_of_a_pool_every_wait_holds_up_its_work(time):
    assert time is Turns(pooled=True, held={HELD}).told(time, FREE)


def test_in_a_callback_of_an_event_loop_every_wait_holds_up_the_others():
    assert TimeClass.SLEEP is Turns(pooled=False, in_callback=True).told(TimeClass.SLEEP, FREE)
    assert TimeClass.LOCK is Turns(pooled=False, in_callback=True).told(TimeClass.LOCK, FREE)


def test_a_worker_of_a_pool_at_an_empty_queue_of_c_code_is_idle():
    assert TimeClass.IDLE is Turns(pooled=True, held={HELD}).told(TimeClass.LOCK, FREE)


def test_a_lock_whose_holder_was_seen_is_a_lock():
    assert TimeClass.LOCK is Turns(pooled=False, held={HELD}).told(TimeClass.LOCK, HELD)


@pytest.mark.parametrize(
    "time",
    [TimeClass.DISK, TimeClass.FSYNC, TimeClass.GIL, TimeClass.CONNECT, TimeClass.DNS, TimeClass.SEND],
)
def test_other_waits_are_never_waits_for_work(time):
    assert time is Turns(pooled=False, held={HELD}).told(time, FREE)


@pytest.mark.parametrize(
    ("cpu_of_a_turn", "expected"),
    [(int(0.1 * MS), TimeClass.IDLE), (2 * MS, TimeClass.SLEEP)],
)
def test_a_sleep_after_a_turn_in_which_nothing_was_done_is_a_timer(cpu_of_a_turn, expected):
    turns = Turns(pooled=False, moved=True, held={HELD})
    turns.see(TimeClass.SLEEP, 10.0, 5 * MS)
    turns.see(TimeClass.SLEEP, 10.5, 5 * MS + cpu_of_a_turn)
    assert expected is turns.told(TimeClass.SLEEP, FREE)


def test_a_sleep_after_another_wait_is_no_timer():
    turns = Turns(pooled=False, moved=True, held={HELD})
    turns.see(TimeClass.SLEEP, 10.0, 0)
    turns.see(TimeClass.NETWORK, 10.4, 1000)
    turns.see(TimeClass.SLEEP, 10.5, 2000)
    assert TimeClass.SLEEP is turns.told(TimeClass.SLEEP, FREE)


def test_a_lock_without_a_holder_that_gives_next_to_nothing_is_a_queue():
    turns = Turns(pooled=False, moved=True, held={HELD})
    turns.see(TimeClass.LOCK, 10.0, 0)
    turns.see(TimeClass.LOCK, 12.0, MS // 10)
    assert TimeClass.IDLE is turns.told(TimeClass.LOCK, FREE)
    assert TimeClass.LOCK is turns.told(TimeClass.LOCK, HELD)


def test_so_is_the_turn_after_a_wait_that_began_before_the_first_look():
    queue, short, sleep = (Turns(pooled=False, moved=moved, held={HELD}) for moved in (False, True, False))
    for turns, time in ((queue, TimeClass.LOCK), (short, TimeClass.LOCK), (sleep, TimeClass.SLEEP)):
        turns.begin(time, 10.0, 0)
        turns.moved = True
        turns.see(time, 10.1, MS // 10)
    assert TimeClass.IDLE is queue.told(TimeClass.LOCK, FREE)
    assert TimeClass.LOCK is short.told(TimeClass.LOCK, FREE)  # made for one piece of work
    assert TimeClass.SLEEP is sleep.told(TimeClass.SLEEP, FREE)


def test_a_slow_peer_is_a_peer_however_little_is_done_with_its_answers():
    turns = Turns(pooled=False, moved=True, held={HELD})
    turns.see(TimeClass.NETWORK, 10.0, 0)
    turns.see(TimeClass.NETWORK, 12.0, MS // 10)
    assert TimeClass.NETWORK is turns.told(TimeClass.NETWORK, FREE)
