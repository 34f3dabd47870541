"""The second measurement of a look, on real programs."""

import json
import time
from contextlib import closing
from dataclasses import replace

import pytest

from perfdiag.host import Host
from perfdiag.meta import Plan
from perfdiag.open_question import followed_up, question_of
from perfdiag.sampler.engines import perf
from perfdiag.sampler.engines.choice import Choice, Engine
from perfdiag.second_look import SecondLook
from tests.cli.running import ROOT, perfdiag, python
from tests.recordings_made import Shop, run
from tests.test_open_question import burning, recorded

COMPRESSING = """
import os, zlib
data = os.urandom(1 << 20)
print("ready", flush=True)
while True:
    zlib.compress(data, 9)
"""
ASKED = Plan(duration=8.0, rate=100.0)

needs_perf = pytest.mark.skipif(
    not perf.program() or not ROOT, reason="perf is not installed, or not permitted to everybody"
)


def look_at(pid: int):
    """The answer of a second look at a process whose only thread is said to compute without the GIL."""
    shop = Shop()
    shop.thread(pid, *[run(1, shop.price, gil=False) for _ in range(200)], main=True)
    recording = recorded(shop)
    recording.processes[0] = replace(recording.processes[0], pid=pid)
    second = SecondLook(Host(), ASKED, permitted=True)
    with closing(second):
        second.consider(recording, 0.5)
        time.sleep(1.0)  # in which the process computes
        second.consider(recording, 0.7)
        second.stop()
        recording.snapshots[-1] = replace(recording.snapshots[-1], samples=second.answer()[0])
        assert second.cpu > 0
    return followed_up(recording)


@needs_perf
def test_c_code_that_runs_without_the_gil_is_named_by_its_library():
    with python(COMPRESSING) as process:
        (told,) = look_at(process.pid)
    assert "in C code that runs without the GIL" in told.question
    assert "libz" in told.answer


@needs_perf
def test_a_look_ends_with_its_answer():
    with python(COMPRESSING) as process:
        ended = perfdiag("profile", "-p", process.pid, "-d", "3.6", "-f", "json")
    report = json.loads(ended.out)
    asked = [one["question"].partition(" of the CPU")[0] for one in report["followed_up"]]
    computed = sum(row["share"]["value"] for row in report["breakdown"] if row["class"] == "native")
    assert asked or computed < 0.3  # on a host without time for it


@pytest.mark.parametrize(
    "plan",
    [
        Plan(duration=3.0, rate=100.0),
        Plan(duration=8.0, rate=100.0, budget=0.01),
        Plan(duration=8.0, rate=100.0, stacks=Choice(engine=Engine.NONE)),
    ],
    ids=["short", "cheap", "another engine"],
)
def test_some_looks_are_left_as_they_are(plan: Plan):
    recording = recorded(burning(gil=False))
    assert question_of(recording)
    second = SecondLook(Host(), plan, permitted=True)
    second.consider(recording, 0.5)
    second.stop()
    assert (((), ()), 0.0) == (second.answer(), second.cpu)


def test_nothing_is_asked_before_its_time_or_without_the_right():
    for permitted, done in ((True, 0.39), (False, 0.5)):
        second = SecondLook(Host(), ASKED, permitted=permitted)
        second.consider(recorded(burning(gil=False)), done)
        assert ((), ()) == second.answer()
        second.close()


@needs_perf
def test_a_process_that_has_ended_is_a_fault_of_the_measurement():
    second = SecondLook(Host(), ASKED, permitted=True)
    second.consider(recorded(burning(gil=False)), 0.5)  # of process 42, which is none of ours
    second.stop()
    found, (fault,) = second.answer()
    second.close()
    assert ((), "perf") == (found, fault.source)
