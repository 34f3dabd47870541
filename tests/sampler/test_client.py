"""The sampler as it runs: a real child that looks at a real program."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from perfdiag.errors import FaultKind
from perfdiag.host import Host
from perfdiag.host.clock import SystemClock
from perfdiag.host.inspector import Inspector
from perfdiag.host.process import attach, describe
from perfdiag.origins import Origins
from perfdiag.recording import Recording
from perfdiag.sampler.client import Sampler
from perfdiag.sampler.request import Request, rows_of
from tests.recordings_made import META

PROGRAM = """
import threading, time
def work():
    while True:
        time.sleep(0.002)
threading.Thread(target=work, daemon=True, name="worker").start()
print("ready", flush=True)
time.sleep(60)
"""


class Ahead:
    """The clock of the machine, which can be put forward."""

    def __init__(self):
        self.seconds = 0.0

    def monotonic_ns(self):
        return time.monotonic_ns() + round(self.seconds * 1e9)

    def wall(self):
        return time.time() + self.seconds

    def sleep(self, seconds):
        time.sleep(seconds)


@pytest.fixture(scope="module")
def target():
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process
        process.kill()


@contextlib.contextmanager
def sampling(target, *, duration, clock=None):
    held = attach(target.pid)
    with contextlib.closing(Inspector()) as inspector:
        recording = Recording(meta=META, processes=[describe(held, Host(), inspector)])
    request = Request(targets=rows_of([held]), rate=100, duration=duration)
    sampler = Sampler(recording, request, clock=clock or SystemClock(), origin=Origins().of)
    try:
        yield sampler, recording
    finally:
        sampler.stop()
        held.close()


def pumped(sampler, until, seconds=8.0):
    """Takes what the child sends until that holds."""
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        sampler.pump(0.05)
    assert until()


def ended(pid):
    """Whether our child has been ended and reaped."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def test_a_run_fills_the_recording_and_ends_by_itself(target):
    with sampling(target, duration=0.4) as (sampler, recording):
        pumped(sampler, lambda: sampler.done)
        assert [] == sampler.faults
        assert (False, "") == (sampler.totals["slowed"], sampler.totals["ended"])
        assert len(recording.ticks.ticks) > 10
        threads = {thread.tid: thread for thread in recording.threads}
        assert target.pid in threads
        assert [True, False] == sorted((one.main for one in threads.values()), reverse=True)
        assert threads.keys() == set(recording.ticks.rows["tid"])
        assert list(range(len(recording.stacks))) == [stack.id for stack in recording.stacks]
        assert set(recording.ticks.rows["stack"]) <= {-1, *range(len(recording.stacks))}
        assert set(recording.ticks.rows["object"]) <= {-1, *range(len(recording.objects))}
        if sampler.hello["engine"] == "non-stop reader":
            assert "work" in {frame.function for stack in recording.stacks for frame in stack.frames}
        assert ended(sampler.pid)
    assert None is target.poll()


def test_a_child_that_is_killed_leaves_what_it_had_sent(target):
    with sampling(target, duration=30) as (sampler, recording):
        pumped(sampler, lambda: len(recording.ticks.ticks) > 0)
        os.kill(sampler.pid, signal.SIGKILL)
        pumped(sampler, lambda: sampler.done)
        (fault,) = sampler.faults
        assert ("sampler", FaultKind.BROKEN) == (fault.source, fault.kind)
        assert "what it had sent is kept" in fault.detail
        assert len(recording.ticks.rows) > 0
    assert None is target.poll()


def test_a_child_that_is_stopped_is_ended_after_its_silence(target):
    clock = Ahead()
    with sampling(target, duration=30, clock=clock) as (sampler, recording):
        pumped(sampler, lambda: len(recording.ticks.ticks) > 0)
        os.kill(sampler.pid, signal.SIGSTOP)
        pid = sampler.pid
        for _ in range(3):
            sampler.pump(0.0)
        assert not sampler.done
        clock.seconds = 3
        pumped(sampler, lambda: sampler.done)
        assert [FaultKind.LATE] == [fault.kind for fault in sampler.faults]
        assert ended(pid)
    assert None is target.poll()


def test_a_child_that_goes_on_sending_is_not_given_up(target):
    clock = Ahead()
    with sampling(target, duration=30, clock=clock) as (sampler, recording):
        for _ in range(5):
            seen = len(recording.ticks.ticks)
            pumped(sampler, lambda seen=seen: len(recording.ticks.ticks) > seen)
            clock.seconds += 1.5
        assert not sampler.done


def test_a_run_that_is_interrupted_keeps_what_was_seen(target):
    with sampling(target, duration=30) as (sampler, recording):
        pumped(sampler, lambda: len(recording.ticks.ticks) > 0)
        sampler.stop()
        assert sampler.done
        assert [] == sampler.faults
        assert ended(sampler.pid)
        sampler.pump(0.0)
        sampler.stop()


def test_a_target_that_exits_in_the_middle_ends_the_run():
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        with sampling(process, duration=30) as (sampler, recording):
            pumped(sampler, lambda: len(recording.ticks.ticks) > 0)
            process.kill()
            process.wait()
            pumped(sampler, lambda: sampler.done)
            assert "target exited" == sampler.totals["ended"]
            assert [] == sampler.faults


def test_the_target_is_never_traced(target):
    with sampling(target, duration=30) as (sampler, _):
        for _ in range(10):
            sampler.pump(0.02)
            with open(f"/proc/{target.pid}/status") as status:
                assert "TracerPid:\t0\n" in status
