"""The sampler process: attaches, ticks, streams to its parent, and dies with it.

It is a process of its own so that it can always be killed: whatever happens to it, the parent reports what it
has, and the target, which is only ever read, runs on. It imports the standard library alone.
"""

import resource
import signal
import sys
import time
from typing import Any

from perfdiag.host.clock import SystemClock
from perfdiag.host.parent import die_with_parent
from perfdiag.model import TARGET_EXITED
from perfdiag.sampler import close_up, still
from perfdiag.sampler.budget import Budget
from perfdiag.sampler.close_up import CloseUp
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.outbox import Outbox
from perfdiag.sampler.program import Program
from perfdiag.sampler.request import Request
from perfdiag.sampler.still import Still
from perfdiag.sampler.stream import Message
from perfdiag.sampler.throttle import Throttle

_FLUSH = 0.2  # seconds of ticks that are lost when this process is killed
_SETTLE = 0.002  # seconds a tick may spend on naming peers


class Session:
    """One run against one program: owns the loop, and writes what is new to the pipe."""

    def __init__(self, request: Request) -> None:
        self._request, self._outbox = request, Outbox(request.out)
        self._loop = Loop(rate=request.rate, clock=SystemClock(), throttle=Throttle(request.cpu_stat))
        self._program = Program(request, self._loop)
        self._close_up = CloseUp(request.procfs, min(close_up.SHARE, request.budget / 3))
        self._still = Still(self._program.interned, min(still.SHARE, request.budget / 10))
        self._ending = False
        self._ended = ""
        self._next_flush = 0.0
        self._budget = self._budgeted()

    def end(self) -> None:
        """Stop before the time is over; may be called from a signal handler."""
        self._ending = True

    def run(self) -> None:
        self._outbox.send(Message.HELLO, self._program.hello())
        self._budget = self._budgeted()  # what it cost to begin is told, and not held against the looks
        self._loop.run(time.monotonic_ns() + int(self._request.duration * 1e9), self._between)
        self._program.settle(0.3)
        self._flush()
        self._close_up.close()
        self._outbox.send(Message.END, self._program.totals() | self._totals())
        self._program.close()

    def _totals(self) -> dict[str, Any]:
        return {"ended": self._ended, "cpu": time.process_time()} | self._budget.told()

    def _budgeted(self) -> Budget:
        """From now on."""
        asked = self._request
        until = time.monotonic() + asked.duration
        return Budget(self._loop, asked.budget, until=until, parent=asked.parent, procfs=asked.procfs)

    def _between(self) -> bool:
        now = time.monotonic()
        self._program.settle(_SETTLE)
        self._program.follow(now)
        if not self._program.alive():
            self._ended = TARGET_EXITED
            return False
        self._close_up.look(self._loop, now)
        self._still.look(self._loop.members, now)
        if now >= self._next_flush:
            self._next_flush = now + _FLUSH
            self._flush()
        self._budget.hold(now, self._outbox.rows)
        return not self._ending

    def _flush(self) -> None:
        program = self._program
        self._outbox.flush(self._loop, program.interned, program.stacks, program.take_processes())
        if grown := self._close_up.take():
            self._outbox.send(Message.GROWTH, grown)


def main(text: str) -> None:
    """Entry of the child; `text` is its request, from sampler.client."""
    request = Request.load(text)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the run, and still reports
    die_with_parent(request.parent)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a thread that is followed needs up to two
    try:
        session = Session(request)
        signal.signal(signal.SIGTERM, lambda *_: session.end())
        session.run()
    except BrokenPipeError:
        sys.exit(1)  # the parent is gone
