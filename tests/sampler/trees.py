"""A real tree of processes, moved by words on its standard input, and a program that follows it."""

import os
import subprocess
import sys
import time

from perfdiag.host.clock import SystemClock
from perfdiag.host.process import attach
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.program import Program
from perfdiag.sampler.request import Request, rows_of
from perfdiag.sampler.throttle import Throttle

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


def started():
    process = subprocess.Popen(
        [sys.executable, "-c", MASTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    return process


def tell(process, words):
    """Process ids of its children."""
    process.stdin.write(f"{words}\n")
    process.stdin.flush()
    return [int(word) for word in process.stdout.readline().split()]


class Followed:
    """A master with its children, and a program that follows it."""

    def __init__(self, process, *others, subprocesses=True):
        self.process = process
        self.held = [attach(pid) for pid in (process.pid, *others)]
        self.loop = Loop(rate=100, clock=SystemClock(), throttle=Throttle(()))
        targets = rows_of(self.held)
        request = Request(
            targets=targets, rate=100, duration=60, subprocesses=subprocesses, parent=os.getpid()
        )
        self.program = Program(request, self.loop)
        self.processes = {}

    def tell(self, words):
        return tell(self.process, words)

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
