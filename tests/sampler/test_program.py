"""Real trees of processes, followed by the loop as the sampler does it."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfdiag.host.clock import SystemClock
from perfdiag.host.process import attach
from perfdiag.model import Role
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.program import Program
from perfdiag.sampler.request import Request, rows_of
from perfdiag.sampler.throttle import Throttle
from perfdiag.ticks import RowFlag
from tests.cli.running import until

# Told on standard input: fork N (workers that compute), spawn (another program), end, quit
MASTER = """
import os, signal, subprocess, sys
def spin():
    while True:
        sum(range(1000))
children = []
print("ready", flush=True)
for line in sys.stdin:
    word, _, number = line.strip().partition(" ")
    if word == "fork":
        for _ in range(int(number)):
            pid = os.fork()
            if not pid:
                spin()
            children.append(pid)
    elif word == "spawn":
        children.append(subprocess.Popen(["sleep", "60"]).pid)
    elif word == "end":
        while children:
            os.kill(children[-1], signal.SIGKILL)
            os.waitpid(children.pop(), 0)
    elif word == "quit":
        break
    print(*children, flush=True)
"""


class Followed:
    """A master with its children, and a program that follows it."""

    def __init__(self, process, *, subprocesses=True):
        self.process = process
        self.target = attach(process.pid)
        self.loop = Loop(rate=100, clock=SystemClock(), throttle=Throttle(()))
        targets = rows_of([self.target])
        request = Request(
            targets=targets, rate=100, duration=60, subprocesses=subprocesses, parent=os.getpid()
        )
        self.program = Program(request, self.loop)
        self.processes = {}

    def tell(self, words):
        """Process ids of its children."""
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()
        return [int(word) for word in self.process.stdout.readline().split()]

    def look(self, until, seconds=5.0):
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            self.loop.tick(time.monotonic_ns())
            self.program.follow(time.monotonic())
            self.processes |= self.program.take_processes()
            time.sleep(0.005)
        assert until()

    def alive(self):
        return {member.pid for member in self.loop.members}

    def stacks(self, index):
        """Ids of the stacks that a process had."""
        rows = self.rows("process", "stack")
        return {stack for process, stack in rows if process == index and stack >= 0}

    def rows(self, *names):
        table = self.loop.ticks.rows
        return list(zip(*(table[name] for name in names), strict=True))


@pytest.fixture
def master():
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", MASTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
        process.stdout.readline()
        found = Followed(process)
        stack.callback(process.kill)
        stack.callback(found.program.close)
        stack.callback(found.tell, "end")
        yield found


def test_forked_workers_are_followed_with_their_stacks_and_share_them(master):
    workers = master.tell("fork 2")
    master.look(lambda: {master.process.pid, *workers} == master.alive())
    master.look(lambda: all(member.reader for member in master.loop.members))
    master.look(lambda: master.stacks(1) & master.stacks(2))
    told = master.processes
    assert [(pid, master.process.pid, Role.WORKER) for pid in workers] == [
        (told[index].pid, told[index].ppid, told[index].role) for index in (1, 2)
    ]
    assert {True} == {told[index].runtime.startswith("CPython 3.") for index in (0, 1, 2)}


def test_a_child_that_ends_has_last_rows_and_a_time_of_its_end(master):
    workers = master.tell("fork 1")
    master.look(lambda: set(workers) <= master.alive())
    master.look(lambda: 1 in {process for (process,) in master.rows("process")})
    master.tell("end")
    master.look(lambda: {master.process.pid} == master.alive())
    assert master.processes[1].gone is not None
    assert (1, RowFlag.GONE) in master.rows("process", "flags")
    assert master.program.alive()


def test_another_program_in_a_child_is_told_as_what_it_is(master):
    (pid,) = master.tell("spawn")
    master.look(lambda: pid in master.alive())
    master.look(lambda: 1 in master.processes and master.processes[1].exe.endswith("/sleep"))
    assert ("sleep", "") == (master.processes[1].comm, master.processes[1].runtime)
    (told,) = [text for text in master.program.totals()["blind"] if text.startswith("Python stacks")]
    assert "Python stacks of 1 of 2 processes (sleep): not a CPython process" == told


def test_children_that_lived_too_short_are_told_by_the_time_they_used(master):
    master.look(lambda: bool(master.loop.made))
    (pid,) = master.tell("fork 1")  # nobody looks while it lives
    until(lambda: int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) > 3e8, 5.0)
    master.tell("end")
    (told,) = [text for text in master.program.totals()["blind"] if "too short" in text]
    assert told.startswith("children that lived too short to be looked at: 0.")


def test_without_subprocesses_a_program_is_one_process():
    with subprocess.Popen(
        [sys.executable, "-c", MASTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        alone = Followed(process, subprocesses=False)
        alone.tell("fork 1")
        alone.look(lambda: alone.loop.made > 20)
        assert {process.pid} == alone.alive()
        alone.tell("end")
        process.kill()
        alone.look(lambda: not alone.program.alive())
        alone.program.close()


def test_the_number_of_processes_is_bounded_and_the_rest_is_counted(master, monkeypatch):
    monkeypatch.setattr("perfdiag.sampler.program.MOST", 2)
    workers = master.tell("fork 3")
    master.look(lambda: 2 == len(master.alive()))
    master.look(lambda: master.loop.made > 40)
    assert 1 == len(master.alive() & set(workers))
    assert "2 children: too many lived at a time, or in all" in master.program.totals()["blind"]
