"""Which waits for a lock are for work, through the fold."""

import pytest

from perfdiag.model import ObjectType, TimeClass
from tests.recordings_made import Shop, run, seconds_of, wait

FUTEX = "futex"


class Depot(Shop):
    """Three workers that wait on one lock, and one that gives it back."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = self.item(ObjectType.FUTEX, "futex 0xb0")
        self.at_head = self.stack("depot.py:5 load_vans")
        self.loading = self.stack("depot.py:6 load_vans")
        self.sends = self.stack("depot.py:30 send_vans")
        self.door = self.item(ObjectType.TCP, "listen 10.0.0.7:80")
        self.accepting = self.stack("depot.py:8 load_vans")
        self.elsewhere = self.stack("depot.py:3 load_vans")

    def sender(self, tid):
        self.thread(tid, *40 * (run(1, self.sends), wait(9, "clock_nanosleep", self.sends)))

    def waits(self, ticks):
        return wait(ticks, FUTEX, self.at_head, self.lock)

    def time(self, tid, time):
        return seconds_of(self.recording(), tid).get(time, 0.0)


def test_who_is_woken_one_by_one_by_another_kind_of_thread_waits_for_work():
    depot = Depot()
    for tid in (1, 2, 3):  # every tenth tick one of them has something to do, for three
        turns = (run(1, depot.loading), run(2, depot.loading, gil=False), depot.waits(27))
        depot.thread(tid, depot.waits(10 * tid), *13 * turns)
    depot.sender(9)
    assert pytest.approx(3.5, abs=0.5) == depot.time(2, TimeClass.IDLE)


def test_what_another_kind_of_thread_gives_back_and_all_have_in_turn_is_a_lock():
    depot = Depot()
    for tid in (1, 2, 3):
        depot.thread(tid, depot.waits(10), *39 * (run(0.5, depot.loading), depot.waits(9.5)))
    depot.sender(9)
    assert pytest.approx(3.7, abs=0.3) == depot.time(2, TimeClass.LOCK)


def test_what_fellows_give_back_is_a_lock():
    depot = Depot()
    for tid in range(3):
        holds = wait(9, "recvfrom", depot.loading, depot.database)
        turn = (run(1, depot.loading), holds, depot.waits(20))
        depot.thread(tid, *([depot.waits(10 * tid)] if tid else []), *13 * turn)
    depot.thread(9, *100 * (run(1, depot.sends), wait(3, "clock_nanosleep", depot.sends)))
    assert pytest.approx(2.6, abs=0.3) == depot.time(1, TimeClass.LOCK)


@pytest.mark.parametrize(
    ("stack", "expected"), [("accepting", TimeClass.IDLE), ("elsewhere", TimeClass.LOCK)]
)
def test_who_waits_for_a_lock_behind_one_that_waits_for_work_is_idle(stack, expected):
    depot = Depot()
    accepts = wait(27, "accept4", getattr(depot, stack), depot.door)
    depot.thread(1, *10 * (run(1, depot.loading), accepts, run(2, depot.loading)))
    depot.thread(2, *10 * (run(1, depot.loading), depot.waits(29)))
    assert pytest.approx(2.7, abs=0.3) == depot.time(2, expected)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        (("depot.py:8 load_vans",), TimeClass.IDLE),
        (("depot.py:8 load_vans", "depot.py:70 serve"), TimeClass.LOCK),
    ],
)
def test_who_waits_for_a_lock_behind_one_that_reads_a_pipe_is_idle_only_where_that_is_its_root(
    stack, expected
):
    depot = Depot()
    pipe = depot.item(ObjectType.PIPE, "pipe 77")
    loading, at_head, reading = (depot.stack(f"depot.py:{line} load_vans", *stack[1:]) for line in (6, 5, 8))
    reads = wait(27, "read", reading, pipe)
    depot.thread(1, *10 * (run(1, loading), reads, run(2, loading)))
    depot.thread(2, *10 * (run(1, loading), wait(29, FUTEX, at_head, depot.lock)))
    assert pytest.approx(2.7, abs=0.3) == depot.time(2, expected)


def test_who_waits_for_a_lock_behind_one_that_polls_for_an_answer_has_work_in_hand():
    depot = Depot()
    pair = depot.item(ObjectType.UNIX, "socket pair")
    asks = (
        "/usr/lib/python3.11/multiprocessing/connection.py:948 wait",
        "depot.py:8 load_vans",
        "depot.py:70 serve",
    )
    polls = wait(27, "poll", depot.stack(*asks), pair)
    at_head, loading = (depot.stack(f"depot.py:{line} load_vans", "depot.py:70 serve") for line in (5, 6))
    depot.thread(1, *10 * (run(1, loading), polls, run(2, loading)))
    depot.thread(2, *10 * (run(1, loading), wait(29, FUTEX, at_head, depot.lock)))
    assert pytest.approx(2.7, abs=0.3) == depot.time(2, TimeClass.LOCK)


def test_who_waits_for_a_lock_behind_a_listener_below_other_calls_is_idle():
    depot = Depot()
    at_head, loading, accepting = (
        depot.stack(f"depot.py:{line} load_vans", "depot.py:70 serve", "depot.py:90 run")
        for line in (5, 6, 8)
    )
    depot.thread(1, *10 * (run(1, loading), wait(27, "poll", accepting, depot.door), run(2, loading)))
    depot.thread(2, *10 * (run(1, loading), wait(29, FUTEX, at_head, depot.lock)))
    assert pytest.approx(2.7, abs=0.3) == depot.time(2, TimeClass.IDLE)
