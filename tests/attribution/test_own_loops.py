"""Event loops that are none of asyncio's: what holds them up, from scripts."""

import pytest

from perfdiag.attribution.fold import Attribution
from perfdiag.model import SERVING, ObjectType
from tests.attribution.test_loops import SELECT, episodes
from tests.recordings_made import PID, STDLIB, Shop, run, wait


class OwnLoop(Shop):
    """A thread that serves connections by a selector of its own: `wait` is called by the loop, or by a helper
    of it."""

    def __init__(self, *, helper: bool = False, several: bool = True) -> None:
        super().__init__()
        self.root = ("relay.py:70 serve", "relay.py:90 main")
        self.set = self.item(ObjectType.OTHER, f"{SERVING} of {PID}" if several else "epoll")
        waits = ("relay.py:30 ready",) if helper else ()
        self.select = self.stack(SELECT, *waits, *self.root)
        self.before = self.stack("settings.py:4 read", "relay.py:80 start")
        self.look_up = self.stack("rates.py:9 look_up", "relay.py:40 handle", *self.root)
        self.copies = self.stack("relay.py:44 handle", *self.root)

    def turn(self, *acts):
        return wait(6, "epoll_wait", self.select, self.set), *acts

    def asks(self, ticks):
        return run(0.5, self.look_up), wait(ticks - 0.5, "recvfrom", self.look_up, self.database)


@pytest.mark.parametrize("helper", [False, True])
def test_a_long_wait_below_a_loop_that_serves_connections_is_an_episode(helper):
    loop = OwnLoop(helper=helper)
    loop.thread(1, wait(20, "recvfrom", loop.before, loop.database), *8 * loop.turn(*loop.asks(9)), main=True)
    found = episodes(loop)
    assert 8 == len(found)
    assert all(8 <= ticks <= 9 and list(spent) == [loop.look_up] for ticks, spent in found)


def test_the_callback_of_a_loop_of_ones_own_is_what_the_loop_calls():
    loop = OwnLoop()
    loop.thread(1, *8 * loop.turn(*loop.asks(9)), main=True)
    recording = loop.recording()
    attribution, at = Attribution(recording), recording.ticks.ticks["at_ns"]
    attribution.step(0, len(at), at[-1] / 1e9)
    (depth,) = {tuple(one.depth.items()) for one in attribution.loops.episodes(at[-1] / 1e9)}
    assert ((loop.look_up, 2),) == depth
    assert attribution.loops.in_callback((0, 1), loop.copies)
    assert not attribution.loops.in_callback((0, 1), loop.before)
    assert not attribution.loops.in_callback((0, 2), loop.copies)


def test_computing_and_short_waits_in_a_loop_of_ones_own_are_no_episode():
    loop = OwnLoop()
    loop.thread(1, *8 * loop.turn(run(9, loop.copies), *loop.asks(2), *loop.asks(2)), main=True)
    assert [] == episodes(loop)


def test_waits_that_follow_each_other_hold_up_a_loop_of_ones_own_together():
    loop = OwnLoop()
    loop.thread(1, *8 * loop.turn(*loop.asks(4), *loop.asks(4)), main=True)
    assert 8 * [8] == [ticks for ticks, _ in episodes(loop)]


def test_who_waits_for_one_connection_has_no_loop():
    loop = OwnLoop(several=False)
    loop.thread(1, *8 * loop.turn(*loop.asks(9)), main=True)
    assert [] == episodes(loop)


def test_a_thread_that_waits_for_connections_now_and_then_has_no_loop():
    loop = OwnLoop()
    loop.thread(1, *4 * loop.turn(*loop.asks(9)), main=True)
    assert [] == episodes(loop)


def test_a_wait_for_clients_below_the_loop_is_no_episode():
    loop = OwnLoop()
    reads = loop.stack("relay.py:50 read_line", "relay.py:40 handle", *loop.root)
    loop.thread(1, *8 * loop.turn(wait(9, "recvfrom", reads, loop.client)), main=True)
    assert [] == episodes(loop)


def test_the_shallowest_wait_is_the_loop_and_not_one_in_a_callback():
    loop = OwnLoop()
    inner = loop.stack(SELECT, "relay.py:60 drain", "relay.py:40 handle", *loop.root)
    nested = (wait(6, "epoll_wait", inner, loop.set), run(0.5, loop.copies))
    loop.thread(1, *8 * (*nested, *loop.turn(*loop.asks(9))), main=True)
    assert 8 == len(episodes(loop))


def test_what_the_function_of_a_loop_does_itself_holds_it_up_too():
    loop = OwnLoop()
    rests = loop.stack("relay.py:75 serve", "relay.py:90 main")
    loop.thread(1, *8 * loop.turn(run(0.5, rests), wait(8.5, "recvfrom", rests, loop.database)), main=True)
    assert 8 == len(episodes(loop))


def busy_loop(several=True):
    """It always has something to do: it is never seen to wait for its connections."""
    loop = OwnLoop(several=several)
    other = loop.stack("rates.py:14 store", "relay.py:40 handle", *loop.root)
    asks = (*loop.asks(9), run(1, loop.copies), wait(6, "fsync", other, loop.journal))
    loop.thread(1, *6 * asks, main=True)
    return loop


def test_a_loop_that_is_never_seen_to_wait_is_the_one_thread_that_is_held_up():
    loop = busy_loop()
    loop.thread(2, *10 * (run(0.1, loop.timer), wait(9.5, "clock_nanosleep", loop.timer)))
    found = episodes(loop)
    assert {loop.look_up} < {stack for _, spent in found for stack in spent}
    assert 0.6 < sum(sum(spent.values()) for _, spent in found)


def test_without_several_connections_it_is_no_loop():
    assert [] == episodes(busy_loop(several=False))


def test_of_several_threads_that_are_held_up_none_is_the_loop():
    loop = busy_loop()
    loop.thread(2, *6 * (run(1, loop.load), wait(14, "recvfrom", loop.load, loop.database)))
    assert [] == episodes(loop)


@pytest.mark.parametrize("waits_for", ["client", "listener"])
def test_where_threads_wait_for_one_connection_or_new_ones_there_is_no_loop(waits_for):
    loop = busy_loop()
    other = loop.stack("relay.py:20 accept_all")
    loop.thread(2, wait(90, "recvfrom", other, getattr(loop, waits_for)))
    assert [] == episodes(loop)


def test_asyncio_has_no_other_loop_beside_it():
    loop = busy_loop()
    callback = loop.stack("chat.py:9 answer", f"{STDLIB}/asyncio/events.py:80 Handle._run", *loop.root)
    loop.thread(2, run(4, callback), run(86, loop.price, gil=False))
    assert [] == episodes(loop)


def test_a_worker_of_a_pool_runs_no_loop():
    loop = OwnLoop()
    pool = f"{STDLIB}/concurrent/futures/thread.py:81 _worker"
    job = loop.stack("jobs.py:3 render", f"{STDLIB}/concurrent/futures/thread.py:58 _WorkItem.run", pool)
    loop.thread(2, *6 * (run(1, job), wait(14, "recvfrom", job, loop.database)))
    assert [] == episodes(loop)


def test_a_process_whose_loop_was_seen_to_wait_has_no_other_one():
    loop = busy_loop()
    loop.thread(2, *loop.turn(run(90, loop.copies)))
    assert [] == episodes(loop)
