"""Who waits for room, and who makes it, through the fold: see also test_in_the_way."""

import pytest

from perfdiag.attribution.full_queues import FullQueues
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.model import Frame, Origin, Stack, TimeClass

ROOM = (0, "mail.py", 7)
DRAIN = Frame(file="/srv/mail.py", function="drain", line=88, first_line=80, origin=Origin.USER)
FEEDER = Frame(file="/usr/lib/python3.11/multiprocessing/queues.py", function="Queue._feed", line=230,
               first_line=200, origin=Origin.STDLIB)  # fmt: skip
STACKS = {0: Stack(id=0, frames=(DRAIN,)), 1: Stack(id=1, frames=(FEEDER,))}


def thread(tid, time=None, stack=-1):
    return ThreadTime(
        process=0, tid=tid, group="g", grouped=True, main=False, young=False, born=0.0, at=0.0,
        running=time is None, blocked=time, stack=stack,
    )  # fmt: skip


def queues(*others):
    threads = {(0, 1): thread(1, TimeClass.QUEUE), (0, 2): thread(2, TimeClass.QUEUE)}
    threads |= {(0, other.tid): other for other in others}
    return FullQueues(STACKS.get, threads), threads


@pytest.mark.parametrize(("producers", "expected"), [((1,), False), ((1, 2), True)])
def test_several_that_wait_for_room_are_a_backlog(producers, expected):
    found, threads = queues()
    for tid in producers:
        found.see((0, tid), threads[0, tid])
        found.puts((0, tid), threads[0, tid], ROOM)
    found.tick()
    assert expected is found.putting()[1]


@pytest.mark.parametrize("time", [TimeClass.NETWORK, TimeClass.IDLE])
def test_who_wakes_those_that_wait_makes_room_also_where_it_seems_to_wait_for_a_timer(time):
    found, threads = queues(thread(7, time, 0), thread(8, None, 1))
    for _ in range(5):
        for tid in (1, 7, 8):
            found.see((0, tid), threads[0, tid])
        found.puts((0, 1), threads[0, 1], ROOM)
        found.tick()
    assert 0 == found.emptied_by((0, 1))


def test_code_of_a_library_empties_nothing():
    found, threads = queues(thread(8, None, 1))
    found.see((0, 1), threads[0, 1])
    found.puts((0, 1), threads[0, 1], ROOM)
    assert -1 == found.emptied_by((0, 1))
