"""Quick looks at a real program while it grows."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from perfdiag.sampler.close_up import CloseUp
from tests.sampler.test_client import pumped, sampling
from tests.sampler.trees import Followed

PROGRAM = """
import os, time
kept = []
def compute():
    sum(range(20000))
def keep():
    kept.append((b"%d" % len(kept) * 100000, os.dup(1)))
print("ready", flush=True)
while True:
    keep()
    compute()
    time.sleep(0.005)
"""


def grown(sampler, recording, kind):
    """What was credited, to stacks that are there."""
    found = [one for one in sampler.growth.samples(recording.processes) if one.name == f"growth.{kind}"]
    for sample in found:
        for stack in map(int, dict(sample.labels)["stacks"].split()):
            assert recording.stacks[stack].frames
    return sum(sample.value for sample in found)


def test_what_a_program_grows_by_is_credited_to_its_code():
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as child:
        try:
            assert "ready\n" == child.stdout.readline()
            with sampling(child, duration=20) as (sampler, recording):
                pumped(sampler, lambda: grown(sampler, recording, "pages") >= 90, seconds=20)
        finally:
            child.kill()


@contextmanager
def growing(share=0.15):
    """A program that has grown for a second of the clock that is given to `look`, and its looks."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        followed, close_up = Followed(child), CloseUp("/proc", share)
        try:
            followed.look(lambda: followed.loop.members[0].reader is not None)
            close_up.look(followed.loop, 0.0)
            time.sleep(0.1)
            followed.look(lambda: True)
            yield followed, close_up, child
        finally:
            child.kill()
            close_up.close()
            followed.program.close()


def seconds(close_up, loop, now):
    before = time.monotonic()
    close_up.look(loop, now)
    return time.monotonic() - before


def test_looks_are_short_where_ticks_are_rare():
    with growing() as (followed, close_up, _):
        followed.loop.interval = 1_000_000_000
        assert 0.003 < seconds(close_up, followed.loop, 1.0) < 0.1


def test_looks_at_descriptors_alone_cost_no_more_than_their_share():
    with growing(share=0.001) as (followed, close_up, _):
        for number in range(4):  # a burst, after which there are no more for long
            close_up.look(followed.loop, 1.0 + number / 100)
        ticks = [seconds(close_up, followed.loop, 1.5 + number / 100) for number in range(10)]
        assert 1 == sum(each > 0.003 for each in ticks)


def opened():
    """What this process has open."""
    paths = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    return {os.readlink(path) for path in paths if os.path.lexists(path)}


@pytest.mark.parametrize("growth_is_seen", [False, True])
def test_of_a_process_that_has_ended_nothing_stays_open(growth_is_seen):
    with growing() as (followed, close_up, child):
        if growth_is_seen:
            close_up.look(followed.loop, 1.0)
        assert f"/proc/{child.pid}/statm" in opened()
        child.kill()
        followed.look(lambda: not followed.loop.members)
        close_up.look(followed.loop, 2.0)
        assert f"/proc/{child.pid}/statm" not in opened()
