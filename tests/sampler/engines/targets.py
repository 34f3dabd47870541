"""Programs for engines to look at: computing, in functions whose names are known."""

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfdiag.host import Host
from perfdiag.host.clock import SystemClock
from perfdiag.host.inspector import Inspector
from perfdiag.host.process import attach, describe
from perfdiag.origins import Origins
from perfdiag.recording import Recording
from perfdiag.sampler.client import Sampler
from perfdiag.sampler.request import Request, rows_of
from tests.recordings_made import META

# computes for three quarters of the time in `heavy` and for one in `light`, and then rests as long
PYTHON = """
import threading, time
def compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(50))
def heavy(): compute(0.06)
def light(): compute(0.02)
def rest(): time.sleep(0.08)
def work():
    while True:
        heavy(); light(); rest()
threading.Thread(target=work, daemon=True, name="worker").start()
print("ready", flush=True)
time.sleep(60)
"""

C = """
#include <stdio.h>
#include <unistd.h>
volatile double sink;
__attribute__((noinline)) void turn(int n) { double x = 1; while (n--) x = x * 1.0000001 + 0.5; sink = x; }
__attribute__((noinline)) void heavy(void) { turn(3000000); sink += 1; }
__attribute__((noinline)) void light(void) { turn(1000000); sink += 1; }
int main(void) { puts("ready"); fflush(stdout); alarm(60); for (;;) { heavy(); light(); } }
"""


@contextmanager
def running(*command):
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline()
            yield process.pid
        finally:
            process.kill()


def python_program():
    return running(sys.executable, "-c", PYTHON)


def compiled(folder, name="spinner", *options):
    """The path of the C program; skips where there is no compiler. It is built as distributions build
    programs: optimised, and without frame pointers."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to build a program with")
    source, path = Path(folder) / f"{name}.c", Path(folder) / name
    source.write_text(C)
    subprocess.run(["gcc", "-O2", *options, "-o", path, source], check=True)
    return str(path)


@contextmanager
def recorded(pid, engine, seconds, *, keep_stacks=False):
    """A recording of a process with a started engine beside it, joined; its outcome."""
    host, target = Host(), attach(pid)
    inspector = Inspector(host.procfs)
    engine.ready(5.0)
    recording = Recording(meta=META, processes=[describe(target, host, inspector)])
    sampler = Sampler(
        recording,
        Request(targets=rows_of([target]), rate=100, duration=seconds),
        clock=SystemClock(),
        origin=Origins().of,
    )
    try:
        while not sampler.done:
            sampler.pump(0.05)
            engine.watch()
        engine.stop()
        own = list(recording.ticks.rows["stack"])
        if not keep_stacks:
            for number in range(len(own)):
                recording.ticks.rows["stack"][number] = -1
        yield recording, engine.join(recording), own
    finally:
        sampler.stop()
        engine.close()
        inspector.close()
        target.close()
