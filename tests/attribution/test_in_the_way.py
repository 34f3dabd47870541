"""Who stands in the way, and which waits are for work: told by what the other threads do at the same time."""

import random
from dataclasses import replace

import pytest

from perfdiag.model import ObjectType, TimeClass
from tests.recordings_made import STDLIB, TICK, Shop, run, seconds_of, slices_of, wait

CONDITION = f"{STDLIB}/threading.py:320 Condition.wait"
FUTEX, RECV = "futex", "recvfrom"


class Crew(Shop):
    """Threads that share things. Each wait is on a futex of its own, as it is with conditions."""

    def __init__(self) -> None:
        super().__init__()
        root = ("mail.py:50 send_all",)
        acquire, get, put = (
            f"{STDLIB}/threading.py:467 Semaphore.acquire",
            f"{STDLIB}/queue.py:171 Queue.get",
            f"{STDLIB}/queue.py:140 Queue.put",
        )
        self.acquire = self.stack(CONDITION, acquire, "mail.py:9 borrow", *root)
        self.get = self.stack(CONDITION, get, "mail.py:9 borrow", *root)
        self.wait = self.stack(CONDITION, "mail.py:9 borrow", *root)
        self.put = self.stack(CONDITION, put, "mail.py:7 feed")
        self.send = self.stack("mail.py:52 send_all")
        self.drain = self.stack("smtp.py:3 deliver", "mail.py:88 drain")
        self.got = self.stack(CONDITION, get, "mail.py:86 drain")
        result = f"{STDLIB}/concurrent/futures/_base.py:451 Future.result"
        self.result = self.stack(CONDITION, result, "views.py:9 answer")
        worker = f"{STDLIB}/concurrent/futures/thread.py:81 _worker"
        self.job = self.stack(
            "jobs.py:3 render", f"{STDLIB}/concurrent/futures/thread.py:58 _WorkItem.run", worker
        )
        self.no_job = self.stack(worker)

    def futex(self) -> int:
        return self.item(ObjectType.FUTEX, f"futex {len(self.objects):#x}")

    def blocked(self, ticks: float, stack: int):
        return wait(ticks, FUTEX, stack, self.futex())

    def sent(self, ticks: float):
        return wait(ticks, RECV, self.send, self.database)


def seconds(crew, tid, time):
    return seconds_of(crew.recording(), tid).get(time, 0.0)


def most_in_the_way(recording, tid, time):
    """The stack that stood in the way of a thread for the longest."""
    found = {}
    for part in slices_of(recording):
        if part.tid == tid and part.time is time:
            found[part.other] = found.get(part.other, 0.0) + part.weight
    return max(found, key=found.get)


@pytest.mark.parametrize("stack", ["acquire", "get", "wait"])
def test_threads_that_share_a_few_things_wait_for_a_turn(stack):
    crew = Crew()
    for tid in range(4):  # two of four always send
        turn = (run(1, crew.send), crew.sent(19), crew.blocked(20, getattr(crew, stack)))
        crew.thread(tid, *([crew.blocked(20, getattr(crew, stack))] if tid % 2 else []), *10 * turn)
    recording = crew.recording()
    # it takes fifty looks to be told from a wait for work
    assert pytest.approx(2.0, abs=0.5) == seconds_of(recording, 0)[TimeClass.POOL]
    assert crew.send == most_in_the_way(recording, 0, TimeClass.POOL)


def test_a_turn_that_is_never_given_away_is_waited_for():
    crew = Crew()
    inside = crew.stack("mail.py:30 feed", "mail.py:12 borrow", "mail.py:50 send_all")
    for tid in range(2):  # each takes it again before the one that it woke has run
        crew.thread(tid, run(1, crew.send), *60 * (run(1, inside), wait(9, RECV, inside, crew.database)))
    for tid in range(2, 5):
        in_vain = (run(1, crew.acquire), crew.blocked(29, crew.acquire))
        crew.thread(tid, crew.blocked(10 * tid - 9, crew.acquire), *19 * in_vain)
    assert pytest.approx(5.5, abs=0.6) == seconds(crew, 3, TimeClass.POOL)


@pytest.mark.parametrize("stack", ["acquire", "get", "wait"])
def test_workers_that_wait_for_something_to_do_are_idle(stack):
    crew, random_ = Crew(), random.Random(5)
    for tid in range(4):
        acts = []
        for _ in range(12):
            waits = crew.blocked(random_.randint(20, 60), getattr(crew, stack))
            acts += [waits, run(1, crew.send), crew.sent(random_.randint(5, 20))]
        crew.thread(tid, *acts)
    recording = crew.recording()
    found = [seconds_of(recording, tid) for tid in range(4)]
    assert all(spent.get(TimeClass.POOL, 0.0) < 0.1 * spent[TimeClass.IDLE] for spent in found)


@pytest.mark.parametrize("stack", ["acquire", "get", "wait"])
def test_work_that_somebody_else_brings_is_waited_for_however_evenly_it_comes(stack):
    crew = Crew()
    for tid in range(3):  # every 10 ticks another one has 19 ticks of work
        work = (run(1, crew.send), crew.sent(18), crew.blocked(11, getattr(crew, stack)))
        crew.thread(tid, crew.blocked(1 + 10 * tid, getattr(crew, stack)), *20 * work)
    crew.thread(9, *62 * (run(1, crew.price), wait(9, "clock_nanosleep", crew.price)))
    recording = crew.recording()
    assert not any(seconds_of(recording, tid).get(TimeClass.POOL) for tid in range(3))


def test_who_waits_beside_others_that_are_busy_all_the_time_has_nothing_to_do():
    crew = Crew()
    for tid in range(3):
        crew.thread(tid, *60 * (run(1, crew.send), crew.sent(9)))
    crew.thread(3, *20 * (crew.blocked(29, crew.get), run(1, crew.get)))
    assert TimeClass.POOL not in seconds_of(crew.recording(), 3)


def test_the_stages_behind_a_slow_one_have_nothing_to_do():
    crew = Crew()
    crew.thread(0, *60 * (run(1, crew.send), crew.sent(9)))
    for tid in (1, 2, 3):  # each item wakes them all
        crew.thread(
            tid, crew.blocked(10.5, crew.get), *59 * (run(0.02, crew.get), crew.blocked(9.98, crew.get))
        )
    assert TimeClass.POOL not in seconds_of(crew.recording(), 2)


def test_workers_that_look_at_the_clock_beside_a_busy_one_are_idle():
    crew = Crew()
    crew.thread(0, *86 * (run(1, crew.send), crew.sent(6)))
    for tid in (1, 2, 3):
        polls = (run(0.02, crew.get), crew.blocked(24.98, crew.get))
        crew.thread(tid, crew.blocked(8 * tid + 0.5, crew.get), *23 * polls)
    assert TimeClass.POOL not in seconds_of(crew.recording(), 2)


def test_what_is_waited_for_in_the_head_of_a_with_block_is_a_turn():
    crew = Crew()
    enter = crew.stack(CONDITION, "mail.py:9 Pool.__enter__", "mail.py:50 send_all")
    for tid in range(2):
        crew.thread(tid, *60 * (run(1, crew.send), crew.sent(9)))
    for tid in range(2, 6):  # all are woken at once, each time
        crew.thread(tid, crew.blocked(10, enter), *59 * (run(0.02, enter), crew.blocked(9.98, enter)))
    assert pytest.approx(5.5, abs=0.5) == seconds(crew, 4, TimeClass.POOL)


def test_a_consumer_that_rests_in_its_loop_empties_the_queue():
    crew = Crew()
    rests = crew.stack("store.py:9 store_records")
    crew.thread(1, *20 * (run(1, crew.drain), wait(9, "clock_nanosleep", rests)))
    crew.thread(2, wait(200, "clock_nanosleep", crew.stack("main.py:5 watch")))
    for tid in (3, 4):
        crew.thread(tid, *10 * (run(1, crew.put), crew.blocked(19, crew.put)))
    assert rests == most_in_the_way(crew.recording(), 3, TimeClass.QUEUE)


def test_of_two_queues_that_are_full_each_is_emptied_by_its_own_consumer():
    crew = Crew()
    push = crew.stack(CONDITION, f"{STDLIB}/queue.py:140 Queue.put", "post.py:7 push")
    ships = crew.stack("ships.py:3 load", "post.py:88 ship")
    crew.thread(1, *20 * (run(1, crew.drain), wait(9, "clock_nanosleep", crew.drain)))
    waits = wait(5, "clock_nanosleep", ships)
    crew.thread(2, waits, *19 * (run(1, ships), wait(9, "clock_nanosleep", ships)))
    for tid in (3, 4):
        crew.thread(tid, *20 * (run(1, crew.put), crew.blocked(9, crew.put)))
    for tid in (5, 6):
        crew.thread(tid, crew.blocked(5, push), *19 * (run(1, push), crew.blocked(9, push)))
    recording = crew.recording()
    assert (crew.drain, ships) == tuple(most_in_the_way(recording, tid, TimeClass.QUEUE) for tid in (3, 5))


def test_a_semaphore_that_one_thread_gives_and_another_takes_is_a_sign():
    crew = Crew()
    crew.thread(1, *10 * (crew.blocked(30, crew.acquire), run(10, crew.send)))
    crew.thread(2, *10 * (run(20, crew.price, gil=False), wait(20, RECV, crew.load, crew.database)))
    assert 2 * TICK >= seconds(crew, 1, TimeClass.POOL)


def test_several_threads_that_wait_for_room_are_a_backlog_of_who_empties_the_queue():
    crew = Crew()
    for tid in range(3):
        crew.thread(tid, run(2, crew.price), crew.blocked(198, crew.put))
    crew.thread(7, run(1, crew.drain), crew.blocked(1, crew.got), *9 * (run(2, crew.drain), crew.sent(20)))
    crew.thread(8, run(200, crew.price, gil=False))
    recording = crew.recording()
    assert pytest.approx(1.98, abs=2 * TICK) == seconds_of(recording, 0)[TimeClass.QUEUE]
    assert most_in_the_way(recording, 0, TimeClass.QUEUE) in (crew.drain, crew.send)


def test_who_waits_for_a_result_that_no_worker_has_begun_waits_for_a_worker():
    crew = Crew()
    for tid, start in ((1, 1), (2, 2), (3, 3)):  # one worker: the first is served, the others queue
        crew.thread(tid, run(start, crew.price), crew.blocked(100 - start, crew.result))
    crew.thread(9, run(1, crew.job), wait(99, RECV, crew.job, crew.database))
    recording = crew.recording()
    found = [seconds_of(recording, tid).get(TimeClass.POOL, 0.0) for tid in (1, 2, 3)]
    assert pytest.approx([0.0, 0.98, 0.97], abs=2 * TICK) == found


@pytest.mark.parametrize("workers", [3, 4])
def test_who_waits_for_a_result_while_there_are_workers_enough_is_idle(workers):
    crew = Crew()
    for tid in (1, 2, 3):
        crew.thread(tid, run(tid, crew.price), crew.blocked(100 - tid, crew.result))
    for tid in range(10, 10 + workers):
        crew.thread(tid, run(1, crew.job), wait(99, RECV, crew.job, crew.database))
    recording = crew.recording()
    assert not any(TimeClass.POOL in seconds_of(recording, tid) for tid in (1, 2, 3))


def test_a_worker_without_a_job_means_that_nobody_waits_for_one():
    crew = Crew()
    for tid in (1, 2, 3):
        crew.thread(tid, run(tid, crew.price), crew.blocked(100 - tid, crew.result))
    crew.thread(10, run(1, crew.job), wait(99, RECV, crew.job, crew.database))
    crew.thread(11, run(1, crew.job), crew.blocked(99, crew.no_job))
    assert 2 * TICK >= seconds(crew, 3, TimeClass.POOL)


def test_the_wait_for_a_connection_of_a_known_pool_is_for_a_turn_however_few_wait():
    crew = Crew()
    pool = crew.stack(
        CONDITION, "/x/site-packages/sqlalchemy/pool/impl.py:140 QueuePool._do_get", "orders.py:8 load"
    )
    crew.thread(1, *5 * (run(10, crew.price), crew.blocked(10, pool)))
    assert pytest.approx(0.5, abs=TICK) == seconds(crew, 1, TimeClass.POOL)


def test_a_wait_inside_a_job_for_something_that_others_have_is_for_a_turn():
    crew = Crew()
    get = f"{STDLIB}/queue.py:171 Queue.get"
    root = (f"{STDLIB}/concurrent/futures/thread.py:58 _WorkItem.run",
            f"{STDLIB}/concurrent/futures/thread.py:81 _worker")  # fmt: skip
    borrow = crew.stack(CONDITION, get, "db.py:9 borrow", "jobs.py:3 render", *root)
    for tid in range(3):  # they take turns at one thing
        job = (
            run(1, crew.job),
            wait(9, RECV, crew.job, crew.database),
            crew.blocked(5, crew.no_job),
            crew.blocked(15, borrow),
        )
        crew.thread(tid, run(1 + 10 * tid, crew.price), *12 * job)
    assert pytest.approx(12 * 0.15, abs=0.4) == seconds(crew, 0, TimeClass.POOL)


def test_who_asks_again_and_again_for_a_file_that_another_process_has_locked_waits_for_a_lock():
    shop = Shop()
    file = shop.item(ObjectType.FILE, "/srv/shop/visits.sqlite3")
    shop.objects[file] = replace(shop.objects[file], peer="backup (pid 77)", peer_pid=77)
    for tid in (1, 2):
        asks = (run(0.001, shop.reserve), wait(9.999, "clock_nanosleep", shop.reserve, file))
        shop.thread(tid, run(1, shop.price), *12 * asks)
    inside = wait(9, "recvfrom", shop.reserved, shop.database)
    shop.thread(3, *12 * (run(1, shop.reserved), inside))  # is further on there, and has another lock
    recording = shop.recording()
    found = seconds_of(recording, 1)
    assert pytest.approx(1.2, abs=0.1) == found[TimeClass.LOCK]
    assert {-1} == {part.other for part in slices_of(recording) if part.time is TimeClass.LOCK}
