from itertools import pairwise

import pytest

from perfdiag.sampler.cpython.code import RawFrame
from perfdiag.sampler.cpython.reader import PythonTick, TaskState, Vanished
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.member import Member
from perfdiag.sampler.stacks import Stacks
from perfdiag.sampler.threads import Threads
from perfdiag.sampler.throttle import Throttle
from perfdiag.ticks import FIRST_TASK, OUTSIDE, RUNNING, TASK, UNREADABLE, GilFlag, RowFlag, TickFlag
from tests.sampler.task_tree import PID, TaskTree

TICK = 10_000_000
RECV = "45 0x5 0x7f 0x1000 0x0 0x0 0x0 0x7ffd 0x7f00"


class Hand:
    """A clock that is moved by hand, or by sleeping."""

    def __init__(self):
        self.now = 1_000_000_000
        self.slept = []

    def monotonic_ns(self):
        return self.now

    def wall(self):
        return self.now / 1e9

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += round(seconds * 1e9)


class Told:
    """An interpreter of which every look is told beforehand; remembers which threads it was asked for."""

    gil_range = (0, 0)

    def __init__(self, **look):
        self.look = {"holder": 0, "locked": False, "collecting": False, "stacks": {}, "torn": []} | look
        self.asked = []
        self.waiting = None

    def tick(self, only):
        self.asked.append(only)
        return PythonTick(**self.look)

    def frames(self, stack_id):
        return (RawFrame("app.py", f"f{stack_id}", 1, 1),)

    def tasks(self):
        return self.waiting


class Vanishing(Told):
    def tick(self, only):
        raise Vanished("the interpreter is gone")


class Numbered:
    """Objects: one for each line of a call, in the order they come."""

    def __init__(self):
        self.lines = []

    def resolve(self, call_line):
        if call_line not in self.lines:
            self.lines.append(call_line)
        return self.lines.index(call_line)

    def only_peer(self, call_line):
        return -1


@pytest.fixture
def tree(tmp_path):
    found = TaskTree(tmp_path)
    found.thread(7)
    found.thread(9)
    return found


def loop(*trees, reader=None, rate=100, throttle=()):
    made = Loop(rate=rate, clock=Hand(), throttle=Throttle(throttle))
    for index, tree in enumerate(trees):
        member = Member(
            index=index, pid=PID, threads=Threads(tree.procfs, PID), objects=Numbered(), stacks=Stacks()
        )
        member.reader = reader
        made.members.append(member)
    return made


def test_tasks_have_rows_like_threads_and_end_with_their_process(tree):
    reader = Told(stacks={7: 0})
    reader.waiting = [TaskState(0, "t", 7, False, 1, False, ())]
    made = loop(tree, reader=reader)
    made.tick(0)
    made.drop(made.members[0], 0)
    assert (FIRST_TASK, TASK, 1, 0) in rows(made, "tid", "call", "stack", "flags")
    assert (FIRST_TASK, TASK, -1, RowFlag.GONE) in rows(made, "tid", "call", "stack", "flags")
    assert [(FIRST_TASK, "task t", 7)] == made.ended[0].tasks.born


def rows(made, *names):
    table = made.ticks.rows
    return list(zip(*(table[name] for name in names), strict=True))


def test_the_first_tick_has_every_thread_and_a_later_one_those_that_ran(tree):
    made = loop(tree)
    made.tick(0)
    tree.set(9, cpu=4_000_000, delay=70, slices=2, syscall=RECV)
    made.tick(TICK)
    made.tick(2 * TICK)
    assert [0, TICK, 2 * TICK] == list(made.ticks.ticks["at_ns"])
    expected = [(0, 7, 0, 0, RUNNING, -1), (0, 9, 0, 0, RUNNING, -1), (1, 9, 4_000_000, 70, 45, 0)]
    assert expected == rows(made, "tick", "tid", "cpu_ns", "delay_ns", "call", "object")
    assert [7, 9] == [thread.tid for thread in made.members[0].born]


def test_above_200_hz_a_running_thread_is_looked_at_though_its_counters_lag(tree):
    made = loop(tree, rate=500)
    made.tick(0)
    tree.set(9, cpu=1, syscall=RECV)
    made.tick(TICK)
    made.tick(2 * TICK)
    assert [(0, 7), (0, 9), (1, 7), (1, 9), (2, 7)] == rows(made, "tick", "tid")


def test_a_blocked_thread_has_its_call_where_it_may_be_read(tree):
    made = loop(tree)
    tree.set(7, cpu=1, syscall="-1 0x7ffd 0x7f00")
    tree.set(9, cpu=1, syscall="")
    made.tick(0)
    assert [(7, OUTSIDE, 0), (9, UNREADABLE, -1)] == rows(made, "tid", "call", "object")


def test_stacks_join_the_rows_of_the_threads_that_ran(tree):
    reader = Told(stacks={7: 3}, torn=[])
    made = loop(tree, reader=reader)
    made.tick(0)
    reader.look |= {"stacks": {}, "torn": [9]}
    tree.set(9, cpu=1)
    made.tick(TICK)
    assert [{7, 9}, {9}] == reader.asked
    expected = [(7, 3, 0), (9, -1, RowFlag.NO_STACK), (9, -1, RowFlag.TORN)]
    assert expected == rows(made, "tid", "stack", "flags")
    assert 1 == made.members[0].torn


def test_the_gil_has_a_row_when_its_holder_or_state_changes(tree):
    reader = Told(holder=7, locked=True)
    made = loop(tree, reader=reader)
    for at, look in enumerate(
        ({}, {}, {"collecting": True}, {"holder": 9, "locked": False, "collecting": False})
    ):
        tree.set(7, cpu=at)
        reader.look |= look
        made.tick(at * TICK)
    locked = GilFlag.LOCKED
    expected = [(0, 0, 7, locked), (2, 0, 7, locked | GilFlag.COLLECTING), (3, 0, 9, 0)]
    assert expected == list(made.ticks.gil.rows())


def test_an_interpreter_that_goes_away_leaves_the_view_of_the_kernel(tree):
    made = loop(tree, reader=Vanishing())
    made.tick(0)
    assert None is made.members[0].reader
    assert [(7, -1, 0), (9, -1, 0)] == rows(made, "tid", "stack", "flags")


def test_a_thread_that_ends_has_a_last_row_and_one_that_is_born_a_first(tree):
    made = loop(tree)
    made.tick(0)
    tree.end(9)
    tree.thread(11)
    made.tick(300_000_000)  # the number of threads is the same: found by the periodic listing
    expected = [(0, 7, 0), (0, 9, 0), (1, 9, RowFlag.GONE), (1, 11, 0)]
    assert expected == rows(made, "tick", "tid", "flags")


def test_a_process_that_ends_is_followed_no_more_and_the_others_are(tree, tmp_path):
    other = TaskTree(tmp_path / "other")
    other.thread(7)
    made = loop(tree, other)
    made.tick(0)
    tree.vanish()
    other.set(7, cpu=1)
    made.tick(TICK)
    assert ([1], [0]) == ([one.index for one in made.members], [one.index for one in made.ended])
    expected = [(0, 0, 7, 0), (0, 0, 9, 0), (0, 1, 7, 0), (1, 0, 7, 2), (1, 0, 9, 2), (1, 1, 7, 0)]
    assert expected == rows(made, "tick", "process", "tid", "flags")


def test_the_interpreter_is_not_asked_when_no_thread_has_run(tree):
    reader = Told()
    made = loop(tree, reader=reader)
    made.tick(0)
    made.tick(TICK)
    assert [{7, 9}] == reader.asked


def test_in_turns_each_thread_is_looked_at_in_every_so_many_ticks(tree):
    made = loop(tree)
    made.turns = 2
    for at in range(5):
        tree.set(7, cpu=at)
        tree.thread(8) if at == 0 else tree.set(8, cpu=at)
        made.tick(at * TICK)
    assert [(0, 7), (0, 8), (0, 9), (1, 7), (2, 8), (3, 7), (4, 8)] == rows(made, "tick", "tid")


def test_a_tick_in_which_the_quota_stopped_the_target_is_flagged(tree, tmp_path):
    stat = tmp_path / "cpu.stat"
    stat.write_text("throttled_usec 5\n")
    made = loop(tree, throttle=[str(stat)])
    made.tick(0)
    stat.write_text("throttled_usec 9\n")
    made.tick(TICK)
    made.tick(2 * TICK)
    assert [0, TickFlag.THROTTLED, 0] == list(made.ticks.ticks["flags"])


def test_user_and_system_time_are_refreshed_a_few_times_a_second(tree):
    made = loop(tree)
    made.tick(0)
    for at in range(1, 25):
        tree.set(7, cpu=at, utime=at)
        made.tick(at * TICK)
    seen = [utime for tid, utime in rows(made, "tid", "utime") if tid == 7]
    assert [0] * 20 + [20] * 5 == seen


def test_ticks_keep_their_mean_distance_and_are_not_in_step(tree):
    made = loop(tree)
    start = made._clock.now
    made.run(start + 1_000_000_000, lambda: True)
    at = list(made.ticks.ticks["at_ns"])
    gaps = [after - before for before, after in pairwise(at)]
    assert 94 <= len(at) <= 106
    assert {True} == {0.8 * TICK <= gap <= 1.2 * TICK for gap in gaps}
    assert len(set(gaps)) > 50


def test_ticks_that_a_stall_swallowed_are_not_made_up_for(tree):
    made = loop(tree)
    clock = made._clock

    def between():
        if made.made == 5:
            clock.now += 200_000_000
        return made.made < 10

    made.run(clock.now + 10**10, between)
    assert 10 == made.made
    late = [number for number, flags in enumerate(made.ticks.ticks["flags"]) if flags & TickFlag.LATE]
    assert [5] == late
    at = made.ticks.ticks["at_ns"]
    assert min(after - before for before, after in pairwise(at)) >= 0.8 * TICK


def test_a_longer_interval_makes_fewer_ticks(tree):
    made = loop(tree)
    made.interval *= 4
    made.run(made._clock.now + 1_000_000_000, lambda: True)
    assert 24 <= made.made <= 27
