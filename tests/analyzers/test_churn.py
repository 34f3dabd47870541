import pytest

from perfdiag.analyzers.churn import SPEC
from tests.analyzers.folded import signals_of
from tests.recordings_made import STDLIB, Script, Shop, run, wait

START = (f"{STDLIB}/threading.py:957 Thread.start", "timers.py:8 schedule", "timers.py:20 main")
BOOT = (f"{STDLIB}/threading.py:1000 Thread._bootstrap",)


def named(signals):
    return {signal.name: signal for signal in signals}


def test_starting_threads_and_threads_that_run_no_code_are_the_cost_of_making_them():
    script = Script()
    start, work = script.stack(*START), script.stack("timers.py:22 main")
    boot = script.stack(f"{STDLIB}/threading.py:607 Event.wait", *BOOT)
    script.thread(1, *10 * (run(30, start), run(10, work)), main=True)
    for number in range(20):
        script.thread(100 + number, run(10, boot, gil=False), wait(2, "futex", boot), born=1 + number * 15)
    found = named(signals_of(SPEC, script.recording()))
    assert pytest.approx(20 / 4, rel=0.02) == found["churn.births"].estimate.value
    assert found["churn.share"].estimate.value > 0.8
    assert ("schedule", 8) == (found["churn.share"].where.function, found["churn.share"].where.line)
    assert f"{STDLIB}/threading.py:Thread.start" == found["churn.share"].label("functions")
    assert "Event.wait (threading.py)" == found["churn.share"].label("groups")


def test_threads_of_a_request_each_that_do_work_are_not_the_cost():
    shop = Shop()
    shop.thread(1, run(300, shop.price), main=True)
    for number in range(20):
        shop.thread(100 + number, run(10, shop.price, gil=False), run(1, shop.load), born=1 + number * 10)
    found = named(signals_of(SPEC, shop.recording()))
    assert (0.0, "") == (found["churn.share"].estimate.value, found["churn.share"].label("groups"))
    assert found["churn.births"].estimate.n == 20


def test_a_pool_that_lives_is_not_churn():
    shop = Shop()
    for number in range(20):
        shop.thread(100 + number, run(300, shop.price))
    found = named(signals_of(SPEC, shop.recording()))
    assert (0, 0.0) == (found["churn.births"].estimate.value, found["churn.share"].estimate.value)


def test_without_stacks_nothing_is_said():
    script = Script()
    script.thread(1, run(100, gil=False))
    assert [] == signals_of(SPEC, script.recording())


def test_a_start_that_waits_for_the_gil_of_code_that_computes_is_not_the_cost_of_making():
    shop = Shop()
    start = shop.stack(*START)
    shop.thread(1, wait(300, "futex", start, shop.gil_futex), main=True)
    shop.thread(2, run(300, shop.price))
    assert 0.0 == named(signals_of(SPEC, shop.recording()))["churn.share"].estimate.value
    starts = Shop()
    start = starts.stack(*START)
    starts.thread(1, run(300, start), main=True)
    starts.thread(2, wait(300, "futex", starts.load, starts.gil_futex))
    starts.thread(3, wait(300, "futex", start, starts.gil_futex))
    found = named(signals_of(SPEC, starts.recording()))["churn.share"]
    assert pytest.approx(2 / 3, abs=0.02) == found.estimate.value


def test_processes_that_are_started_are_not_counted_as_threads():
    script = Script()
    fork = script.stack(f"{STDLIB}/multiprocessing/process.py:121 BaseProcess.start", "jobs.py:4 spawn")
    script.thread(1, run(90, fork), run(10, script.stack("jobs.py:9 main")), main=True)
    found = named(signals_of(SPEC, script.recording()))
    assert "churn.births" not in found
    assert found["churn.share"].estimate.value > 0.8
