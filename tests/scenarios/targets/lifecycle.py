"""What every target does beside its work: options, the ready line, a bounded life, the truth log.

The truth log is the target's own account of its waits, taken without perfdiag: one JSON line per interval
`{"tid", "class", "t0", "t1", "seconds"}` on CLOCK_MONOTONIC. It stays in memory until the program ends.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import sys
import threading
import time
from types import FrameType, TracebackType

PR_SET_PDEATHSIG = 1  # linux/prctl.h


class _Span:
    """One wait of the calling thread; spans of a thread do not nest."""

    def __init__(self, log: "TruthLog", name: str) -> None:
        self.log, self.name = log, name

    def __enter__(self) -> None:
        self.log.open[threading.get_native_id()] = (self.name, time.monotonic())

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        now, tid = time.monotonic(), threading.get_native_id()
        name, since = self.log.open.pop(tid)
        self.log.rows.append((tid, name, since, now, now - since))


class _NoSpan:
    """Stands in for a span when no truth log was asked for."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass


class Meter:
    """Accounts for a thread that never sleeps of its own will: once a second, its wall time splits into
    CPU (thread clock), run queue (schedstat) and the rest, which is waiting for the GIL."""

    def __init__(self, log: "TruthLog") -> None:
        self.log, self.tid = log, threading.get_native_id()
        self.last = self._read()

    def _read(self) -> tuple[float, float, float]:
        with open(f"/proc/self/task/{self.tid}/schedstat") as file:  # kept open they would add up
            delay = int(file.read().split()[1]) / 1e9
        return time.monotonic(), time.thread_time(), delay

    def mark(self) -> None:
        """Call it in each turn of the loop; it looks at the clock and mostly does nothing else."""
        if self.log.enabled and time.monotonic() - self.last[0] >= 1:
            (t0, cpu0, delay0), (t1, cpu1, delay1) = self.last, self._read()
            cpu, delay = cpu1 - cpu0, delay1 - delay0
            parts = (("cpu", cpu), ("runqueue", delay), ("gil", t1 - t0 - cpu - delay))
            self.log.rows.extend((self.tid, name, t0, t1, seconds) for name, seconds in parts)
            self.last = (t1, cpu1, delay1)


class TruthLog:
    def __init__(self) -> None:
        self.path = ""
        self.rows: list[tuple[int, str, float, float, float]] = []
        self.open: dict[int, tuple[str, float]] = {}

    @property
    def enabled(self) -> bool:
        return bool(self.path)

    def span(self, name: str) -> _Span | _NoSpan:
        """`with truth.span("network"): ...` around a wait."""
        return _Span(self, name) if self.enabled else _NO_SPAN

    def meter(self) -> Meter:
        return Meter(self)

    def write(self) -> None:
        now = time.monotonic()
        waiting = [(tid, name, since, now, now - since) for tid, (name, since) in list(self.open.items())]
        part = f"{self.path}.part"
        with open(part, "w") as file:
            for tid, name, t0, t1, seconds in [*self.rows, *waiting]:
                row = {"tid": tid, "class": name, "t0": t0, "t1": t1, "seconds": seconds}
                file.write(json.dumps(row) + "\n")
        os.replace(part, self.path)  # whoever sees the log sees all of it


_NO_SPAN = _NoSpan()
truth = TruthLog()


def _end(number: int, frame: FrameType | None) -> None:
    if truth.enabled:
        truth.write()
    os._exit(0)


def start(*required: str) -> argparse.Namespace:
    """Reads the options (`required` are names of more, taken as text) and arms the ends of the program:
    SIGTERM, SIGINT, the end of its parent, and its lifetime."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--truth", default="", metavar="FILE")
    parser.add_argument("--lifetime", type=int, default=120, metavar="SECONDS")
    for name in required:
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    truth.path = options.truth
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, _end)
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent ended before the target was ready")
    signal.alarm(options.lifetime)
    return options


def start_child() -> None:
    """In a process that the target has forked: the usual signals, and the end with the target."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def ready(**facts: object) -> None:
    """Tells whoever started the target that it is warm."""
    print(json.dumps({"ready": True, "pid": os.getpid(), **facts}), flush=True)
