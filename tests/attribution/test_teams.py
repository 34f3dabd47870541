"""A wait for native threads of one's own has the class of what they do."""

import pytest

from perfdiag.attribution.teams import joined
from perfdiag.model import Slice, TimeClass
from tests.recordings_made import TICK, Shop, queue, run, seconds_of, slices_of, wait

MULTIPLY = ("solver.py:14 descend", "solver.py:30 main")


def joining(*team_acts, native=True):
    """A main thread that computes for two ticks and waits for eight, and a thread that does `team_acts`."""
    shop = Shop(gil=False)
    multiply, barrier = shop.stack(*MULTIPLY), shop.item(shop.objects[shop.lock].type, "futex 0x55")
    acts = [act for _ in range(30) for act in (run(2, multiply), wait(8, "futex", multiply, barrier))]
    shop.thread(42, *acts, main=True)
    render = -1 if native else shop.stack("render.py:5 render", "render.py:9 work")
    made = [act(render) for _ in range(30) for act in team_acts]
    shop.thread(43, *made, name="python")
    return shop.recording()


def idle(ticks):
    return lambda stack: wait(ticks, "futex", stack)


def runs(ticks):
    return lambda stack: run(ticks, stack)


def queues(ticks):
    return lambda stack: queue(ticks, stack)


def test_a_join_of_native_threads_that_compute_is_computing():
    spent = seconds_of(joining(idle(2), runs(8)), 42)
    assert TimeClass.LOCK not in spent
    assert pytest.approx(300 * TICK, abs=0.1) == spent[TimeClass.NATIVE] + spent.get(TimeClass.PYTHON, 0)


def test_a_join_of_native_threads_that_queue_for_a_cpu_is_mostly_a_queue():
    spent = seconds_of(joining(idle(2), queues(6), runs(2)), 42)
    assert pytest.approx(0.75, abs=0.08) == spent[TimeClass.RUNQUEUE] / (240 * TICK)


def test_the_wait_stays_at_the_line_that_called():
    recording = joining(idle(2), queues(6), runs(2))
    waits = [part for part in slices_of(recording) if part.tid == 42 and part.time is TimeClass.RUNQUEUE]
    assert {"descend"} == {recording.stacks[part.stack].frames[0].function for part in waits}


def test_a_wait_while_the_native_threads_rest_is_one_for_a_lock():
    spent = seconds_of(joining(idle(10)), 42)
    assert pytest.approx(240 * TICK, abs=0.1) == spent[TimeClass.LOCK]


def test_a_wait_for_a_thread_of_python_is_one_for_a_lock():
    spent = seconds_of(joining(idle(2), runs(8), native=False), 42)
    assert pytest.approx(240 * TICK, abs=0.1) == spent[TimeClass.LOCK]


def test_a_native_thread_that_only_wakes_now_and_then_is_no_team():
    spent = seconds_of(joining(*[act for _ in range(10) for act in (runs(0.1), idle(0.9))]), 42)
    assert pytest.approx(240 * TICK, abs=0.1) == spent[TimeClass.LOCK]


def test_the_work_of_the_team_is_done_for_the_line_that_waits_for_it():
    recording = joining(idle(2), runs(8))
    stacks = {part.stack for part in slices_of(recording) if part.tid == 43 and part.time is TimeClass.NATIVE}
    assert {"descend"} == {recording.stacks[stack].frames[0].function for stack in stacks}


def test_the_work_of_native_threads_that_nobody_waits_for_is_nobodys():
    shop = Shop(gil=False)
    shop.thread(42, run(300, shop.stack(*MULTIPLY)), main=True)
    shop.thread(43, run(300), name="python")
    assert {-1} == {part.stack for part in slices_of(shop.recording()) if part.tid == 43}


def test_the_work_of_a_team_whose_caller_computes_beside_it_is_the_callers():
    shop = Shop()
    shop.thread(42, run(300, shop.stack(*MULTIPLY), gil=False), main=True)
    shop.thread(43, run(300, gil=False), name="python")
    recording = shop.recording()
    stacks = {part.stack for part in slices_of(recording) if part.tid == 43 and part.time is TimeClass.NATIVE}
    assert {"descend"} == {recording.stacks[stack].frames[0].function for stack in stacks if stack >= 0}
    assert -1 not in stacks


def test_work_of_no_length_is_nobodys_call():
    """Of two ticks at the same time, as a file that was tampered with may have them."""
    at = Slice(process=0, tid=43, t0=5.0, t1=5.0, time=TimeClass.NATIVE, object=-1, stack=-1, weight=0.1)
    assert [at] == list(joined([at], [(0, 43)]))
