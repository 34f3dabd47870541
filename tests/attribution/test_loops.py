import pytest

from perfdiag.attribution.fold import Attribution
from perfdiag.attribution.loops import Loops
from perfdiag.model import SERVING, ObjectType
from tests.recordings_made import STDLIB, Shop, run, slices_of, wait

HANDLE = f"{STDLIB}/asyncio/events.py:80 Handle._run"
RUN_ONCE = f"{STDLIB}/asyncio/base_events.py:1922 BaseEventLoop._run_once"
SELECT = f"{STDLIB}/selectors.py:468 EpollSelector.select"
ROOT = ("chat.py:40 main",)


class Loop(Shop):
    """A shop with the stacks of an event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.select = self.stack(SELECT, RUN_ONCE, *ROOT)
        self.rate_limit = self.callback("chat.py:9 broadcast")
        self.parse = self.callback("table.py:3 parse_row", "chat.py:20 upload")
        self.parse_more = self.callback("table.py:5 parse_row", "chat.py:20 upload")
        self.store = self.callback("chat.py:21 upload")

    def callback(self, *frames: str) -> int:
        return self.stack(*frames, HANDLE, RUN_ONCE, *ROOT)

    def idle(self, ticks):
        return wait(ticks, "epoll_wait", self.select)

    def sleep(self, ticks):
        return wait(ticks, "clock_nanosleep", self.rate_limit)


def episodes(loop, cuts=()):
    """(duration in ticks, seconds by stack) of each episode."""
    recording = loop.recording()
    attribution, at = Attribution(recording), recording.ticks.ticks["at_ns"]
    start = 0
    for stop in [*cuts, len(at)]:
        attribution.step(start, stop, at[stop - 1] / 1e9)
        start = stop
    found = attribution.loops.episodes(at[-1] / 1e9)
    return [(round((one.t1 - one.t0) * 100), {k: round(v, 2) for k, v in one.spent.items()}) for one in found]


@pytest.mark.parametrize("cuts", [(), (11, 20, 24)])
def test_a_callback_that_waits_is_one_episode_however_long(cuts):
    loop = Loop()
    loop.thread(1, *3 * (loop.idle(10), run(1, loop.rate_limit), loop.sleep(17)), loop.idle(5), main=True)
    assert 3 * [(18, {loop.rate_limit: 0.18})] == episodes(loop, cuts)


def test_a_callback_that_computes_is_one_episode_on_whatever_lines_it_is():
    loop = Loop()
    rows = [run(1, stack) for stack in 5 * (loop.parse, loop.parse_more)]
    loop.thread(1, loop.idle(10), *rows, loop.idle(10), main=True)
    assert [(10, {loop.parse: 0.05, loop.parse_more: 0.05})] == episodes(loop)


def test_short_callbacks_are_no_episode():
    loop = Loop()
    loop.thread(1, *10 * (loop.idle(2), run(2, loop.parse), run(2, loop.store)), main=True)
    assert [] == episodes(loop)


def test_a_wait_that_is_long_enough_alone_is_not_joined_with_the_next_one():
    loop = Loop()
    loop.thread(1, loop.idle(5), *4 * (run(0.1, loop.rate_limit), loop.sleep(7)), loop.idle(5), main=True)
    assert [8, 7, 7, 7] == [ticks for ticks, _ in episodes(loop)]  # the first began before a look


def test_an_episode_that_goes_on_is_told():
    loop = Loop()
    loop.thread(1, loop.idle(10), run(1, loop.rate_limit), loop.sleep(29), main=True)
    assert [30] == [ticks for ticks, _ in episodes(loop)]


def test_a_thread_that_ends_ends_its_episode():
    loop = Loop()
    loop.thread(1, loop.idle(10), run(1, loop.rate_limit), loop.sleep(29), main=True)
    loop.thread(2, run(80, loop.price))
    assert [30] == [ticks for ticks, _ in episodes(loop)]


def test_without_a_loop_there_are_no_episodes():
    loop = Loop()
    loop.thread(1, run(50, loop.price), wait(50, "clock_nanosleep", loop.back_off), main=True)
    assert [] == episodes(loop)
    assert not Loops(lambda _: None, 0.05).in_callback((0, 1), 7)


def test_a_sleep_in_a_callback_is_no_timer_however_little_is_done_between():
    loop = Loop()
    loop.thread(1, *20 * (run(0.001, loop.rate_limit), loop.sleep(5)), main=True)
    spent = sum(part.weight for part in slices_of(loop.recording()) if part.time == "sleep")
    assert pytest.approx(1.0, abs=0.02) == spent


class OwnLoop(Shop):
    """A thread that serves connections by a selector of its own: `wait` is called by the loop, or by a helper
    of it."""

    def __init__(self, *, helper: bool = False, several: bool = True) -> None:
        super().__init__()
        self.root = ("relay.py:70 serve", "relay.py:90 main")
        self.set = self.item(ObjectType.OTHER, SERVING if several else "epoll")
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
    loop.thread(1, *8 * loop.turn(run(9, loop.copies), *loop.asks(4), *loop.asks(4)), main=True)
    assert [] == episodes(loop)


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
