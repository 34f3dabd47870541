"""The sampler process: attaches, ticks, streams to its parent, and dies with it.

It is a process of its own so that it can always be killed: whatever happens to it, the parent reports what it
has, and the target, which is only ever read, runs on. It imports the standard library alone.
"""

import os
import select
import signal
import sys
import time
from dataclasses import asdict
from typing import Any

from perfdiag.errors import Missing
from perfdiag.host.clock import SystemClock
from perfdiag.host.elf import parse_maps
from perfdiag.host.inspector import Inspector
from perfdiag.host.memory import Memory
from perfdiag.host.parent import die_with_parent
from perfdiag.model import TARGET_EXITED
from perfdiag.sampler.cpython.reader import Reader, Unsupported, Vanished
from perfdiag.sampler.loop import Loop, TargetGone
from perfdiag.sampler.objects import Objects
from perfdiag.sampler.stream import Message, pack_json, pack_ticks
from perfdiag.sampler.throttle import Throttle
from perfdiag.text import printable
from perfdiag.ticks import Ticks

_STACKS = "Python stacks"
_FLUSH = 0.2  # seconds of ticks that are lost when this process is killed
_REATTACH = 0.5  # seconds between two tries after the interpreter went away (exec)
_SETTLE = 0.002  # seconds a tick may spend on naming peers
_BUDGET = 0.30  # of one core; above it the rate is lowered, and the report says so


class Session:
    """One run against one target: owns the loop, and writes what is new to the pipe."""

    def __init__(self, request: dict[str, Any], out: int) -> None:
        self._out = out
        self._pid = int(request["pid"])
        self._procfs = str(request["procfs"])
        self._rate = float(request["rate"])
        self._duration = float(request["duration"])
        self._inspector = Inspector(self._procfs)
        self._end = select.poll()
        self._end.register(int(request["pidfd"]), select.POLLIN)
        self._blind: list[str] = []
        self._memory = Memory(self._pid)
        reader = self._attach()
        self._objects = Objects(
            pid=self._pid,
            pidfd=int(request["pidfd"]),
            procfs=self._procfs,
            inspector=self._inspector,
            read=self._memory.read,
            gil_range=reader.gil_range if reader else (0, 0),
        )
        self._loop = Loop(
            pid=self._pid,
            procfs=self._procfs,
            rate=self._rate,
            clock=SystemClock(),
            objects=self._objects,
            reader=reader,
            throttle=Throttle(request["cpu_stat"]),
        )
        self._reader = reader
        self._sent_frames: dict[Any, int] = {}
        self._sent_stacks = 0
        self._stack_base = 0  # ids of an earlier reader are kept apart after an exec
        self._sent_objects: list[Any] = []
        self._next_flush = self._next_attach = 0.0
        self._ending = self._lost = False
        self._replaced = 0  # times that the interpreter went away
        self._cpu_mark = (time.monotonic(), time.process_time())

    def end(self) -> None:
        """Stop before the time is over; may be called from a signal handler."""
        self._ending = True

    def _attach(self) -> Reader | None:
        try:
            return Reader(self._pid, self._memory, parse_maps(self._inspector.maps(self._pid)))
        except Unsupported as error:
            self._blind = [f"{_STACKS}: {error}"]
        except Missing as error:
            self._blind = [f"{_STACKS}: the memory map could not be read ({error})"]
        except (Vanished, OSError) as error:
            self._blind = [f"{_STACKS}: the memory of the target could not be read ({error})"]
        return None

    def run(self) -> None:
        reader = self._reader
        self._send(
            pack_json(
                Message.HELLO,
                {
                    "engine": "non-stop reader" if reader else "/proc",
                    "runtime": f"CPython {reader.version}" if reader else "",
                    "blind": self._blind,
                },
            )
        )
        ended = ""
        try:
            end = time.monotonic_ns() + int(self._duration * 1e9)
            self._loop.run(end, self._between)
        except TargetGone:
            ended = TARGET_EXITED
            self._replaced -= self._lost  # that was its end, not another program
        self._objects.settle(0.3)
        self._flush()
        self._send(pack_json(Message.END, self._totals(ended)))
        self._objects.close()
        self._inspector.close()

    def _totals(self, ended: str) -> dict[str, Any]:
        stats = self._reader.stats if self._reader else None
        return {
            "ended": ended,
            "slowed": self._loop.slowed,
            "torn": self._loop.torn,
            "stacks": stats.stacks if stats else 0,
            "retried": stats.retried if stats else 0,
            "unopened": self._loop.threads.unopened,
            "cpu": time.process_time(),
            "blind": [f"{_STACKS}: in part, the program was replaced (exec) while it was looked at"]
            if self._replaced
            else [],
        }

    def _between(self) -> bool:
        now = time.monotonic()
        self._objects.settle(_SETTLE)
        if self._reader is not None and self._loop.reader is None:
            self._replaced += not self._lost
            self._lost = True
            if now >= self._next_attach:
                self._next_attach = now + _REATTACH
                self._reattach()
        if now >= self._next_flush:
            self._next_flush = now + _FLUSH
            if self._end.poll(0):  # ended, though its files stay until its parent has asked for its status
                raise TargetGone
            self._hold_budget(now)
            self._flush()
        return not self._ending

    def _reattach(self) -> None:
        """The interpreter went away while the process lives: it was replaced by exec."""
        self._flush()
        self._memory = Memory(self._pid)
        reader = self._attach()
        if reader is not None:
            self._objects.replaced(self._memory.read, reader.gil_range)
            self._stack_base += self._sent_stacks
            self._sent_stacks = 0
            self._reader = self._loop.reader = reader
            self._lost = False

    def _hold_budget(self, now: float) -> None:
        wall, cpu = now - self._cpu_mark[0], time.process_time() - self._cpu_mark[1]
        if wall < 1:
            return
        self._cpu_mark = (now, time.process_time())
        if cpu / wall > _BUDGET:
            self._loop.slow_down(cpu / wall / _BUDGET)

    def _flush(self) -> None:
        parts = []
        loop = self._loop
        if loop.born:
            rows = [[0, t.tid, printable(t.name), t.tid == self._pid] for t in loop.born]
            parts.append(pack_json(Message.THREADS, rows))
            loop.born = []
        parts += self._new_stacks()
        fresh = [
            item
            for number, item in enumerate(self._objects.list)
            if number >= len(self._sent_objects) or item is not self._sent_objects[number]
        ]
        if fresh:
            parts.append(pack_json(Message.OBJECTS, [asdict(item) for item in fresh]))
            self._sent_objects = list(self._objects.list)
        ticks, loop.ticks = loop.ticks, Ticks()
        if self._stack_base:
            column = ticks.rows["stack"]
            for at, stack in enumerate(column):
                if stack >= 0:
                    column[at] = stack + self._stack_base
        parts.append(pack_ticks(ticks))
        self._send(b"".join(parts))

    def _new_stacks(self) -> list[bytes]:
        if self._reader is None:
            return []
        frames, stacks = [], []
        known = self._sent_frames
        total = self._reader.stack_count
        for number in range(self._sent_stacks, total):
            ids = []
            for frame in self._reader.frames(number):
                if frame not in known:
                    known[frame] = len(known)
                    frames.append(frame)
                ids.append(known[frame])
            stacks.append(ids)
        self._sent_stacks = total
        parts = [pack_json(Message.FRAMES, frames)] if frames else []
        return parts + ([pack_json(Message.STACKS, stacks)] if stacks else [])

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]


def main(request: dict[str, Any]) -> None:
    """Entry of the child; `request` comes from sampler.client on the command line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the run, and still reports
    die_with_parent(int(request["parent"]))
    try:
        session = Session(request, int(request["out"]))
        signal.signal(signal.SIGTERM, lambda *_: session.end())
        session.run()
    except BrokenPipeError:
        sys.exit(1)  # the parent is gone
