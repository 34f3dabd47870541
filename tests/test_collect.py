import contextlib
import os
import resource
import signal
import subprocess
import sys
from threading import Timer

import pytest

from perfdiag.collect import Collection
from perfdiag.engine import diagnose
from perfdiag.errors import TargetError
from perfdiag.host import Host
from perfdiag.host.process import attach
from perfdiag.meta import Plan
from perfdiag.options import Options

BUSY = """
import threading
def count_down(n):
    while n: n -= 1
def forever():
    while True: count_down(10000)
print("ready", flush=True)
forever()
"""

PARENT = """
import os
pid = os.fork()
if not pid:
    while True: pass
print(pid, flush=True)
os.wait()
"""


@pytest.fixture
def busy():
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert b"ready\n" == process.stdout.readline()
        yield process.pid
        process.kill()


def collect(pid, *, duration=1.2, stop_after=None, each=lambda _: None):
    host = Host()
    with contextlib.closing(attach(pid, host)) as target:
        collection = Collection(host, [target], Plan(duration=duration, rate=100))
        if stop_after:
            Timer(stop_after, collection.stop, ["interrupted"]).start()
        return collection.run(each=each)


def test_a_busy_program_is_recorded_with_its_ticks_stacks_and_snapshots(busy):
    recording = collect(busy)
    assert recording.meta.cost.made >= 60
    assert "non-stop reader" == recording.meta.engine
    assert "count_down" in {frame.function for stack in recording.stacks for frame in stack.frames}
    assert len(recording.snapshots) >= 3
    assert {"process.cpu", "cpu.time"} <= {one.name for s in recording.snapshots for one in s.samples}
    assert recording.processes[0].runtime.startswith("CPython 3.")


def test_what_was_recorded_is_diagnosed(busy):
    found = {finding.kind: finding for finding in diagnose(collect(busy), Options()).findings}
    assert found["cpu.hot-code"].where.function in {"count_down", "forever"}


def test_a_stop_ends_it_early_and_keeps_what_there_is(busy):
    recording = collect(busy, duration=30, stop_after=0.8)
    low, high = recording.window
    assert high - low < 10
    assert "interrupted" == recording.meta.ended
    assert recording.meta.cost.made > 0


def test_every_collector_of_processes_reads_the_children_that_ran():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        child = parent.stdout.readline().decode().strip()
        host = Host()
        with contextlib.closing(attach(parent.pid, host)) as target:
            plan = Plan(duration=2.2, rate=100, subprocesses=True)
            recording = Collection(host, [target], plan).run()
        parent.kill()
        os.kill(int(child), signal.SIGKILL)
    read = {
        dict(one.labels)["pid"]
        for snapshot in recording.snapshots  # on a busy host the child need not run before each of them
        for one in snapshot.samples
        if "process.faults" == one.name
    }
    assert {str(parent.pid), child} == read


def test_each_snapshot_is_handed_on_while_it_records(busy):
    seen = []
    collect(busy, duration=2.2, each=lambda recording: seen.append(len(recording.snapshots)))
    assert sorted(seen) == seen
    assert len(seen) >= 1


def test_snapshots_become_rarer_the_longer_it_lasts(busy, monkeypatch):
    """A day of one each second would be gigabytes."""
    monkeypatch.setattr("perfdiag.collect._EACH", 0.1)
    assert 3 == len(collect(busy, duration=2.4).snapshots)  # at the beginning, after a second, and at the end


def test_a_target_that_ends_is_told_and_what_there_was_is_kept(busy):
    Timer(0.7, os.kill, [busy, 9]).start()
    recording = collect(busy, duration=20)
    assert "target exited" == recording.meta.ended
    assert recording.meta.cost.made > 0
    assert recording.processes[0].gone is not None


def test_a_sampler_that_cannot_be_started_is_told(busy):
    host = Host()
    with contextlib.closing(attach(busy, host)) as target:
        collection = Collection(host, [target], Plan(duration=1, rate=100))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, hard))
        try:
            with pytest.raises(TargetError, match="the sampler cannot be started") as caught:
                collection.run()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "Too many open files" == caught.value.cause


def test_a_program_that_is_not_python_has_no_stacks_of_python_and_that_is_no_news():
    with subprocess.Popen(["sleep", "60"]) as process:
        recording = collect(process.pid)
        process.kill()
    assert recording.meta.engine in ("perf", "/proc")  # by what is installed and permitted
    assert not any(text.startswith("Python stacks") for text in recording.meta.blind)
    assert [] == recording.stacks
