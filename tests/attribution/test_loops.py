import pytest

from perfdiag.attribution.fold import Attribution
from perfdiag.attribution.loops import Loops
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
