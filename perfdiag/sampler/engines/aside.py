"""A profiler that runs beside the sampler: what all of them have in common.

Whatever happens to it, the target runs on: it is killed when it is wedged, when it does not end in time, and
by the kernel when perfdiag ends.
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perfdiag.errors import FaultKind, Missing
from perfdiag.host import Host
from perfdiag.host.commands import Child, start_program
from perfdiag.host.procfs import parse_stat
from perfdiag.model import Fault
from perfdiag.text import printable

_WEDGED = 0.5  # seconds that it may stand still while it holds the target
_END = 5.0  # seconds from the wish to end until what it saw is written
# CLOCK_REALTIME_COARSE: files are stamped by it, half of its step late on average
_COARSE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an engine. `rows` got a stack; `cpu` seconds were spent by it; `blind` says what this
    run cannot see for its sake."""

    engine: str
    rows: int = 0
    looks: int = 0
    errors: int = 0
    cpu: float = 0.0
    blind: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    def added_to(self, totals: Mapping[str, Any]) -> dict[str, Any]:
        """The totals of a sampler (none if it did not come to say them) with what the engine has done; what
        is not seen is told here."""
        own = {"cpu": self.cpu, "stacks": self.looks, "torn": self.errors}
        both = {name: totals.get(name, 0) + value for name, value in own.items()}
        return {**totals, **both, "blind": []} if totals else {}


class Aside:
    """A started profiler that writes into memory of ours, and a guard over it.

    `watch` must be called often; `stop` ends it; after that `ended_ns` is when it began to write (monotonic),
    and `why` says why it has nothing to say, '' when it has.
    """

    def __init__(self, name: str, command: Sequence[str], pids: Sequence[int], host: Host) -> None:
        """The word '{}' of the command becomes the file to write. OSError when nothing can be started."""
        self.name, self._pids, self._host = name, pids, host
        self.why = ""
        self.cpu = 0.0
        self.ended_ns = 0
        self._file = os.memfd_create(f"perfdiag-{name}")
        try:
            words = [f"/dev/fd/{self._file}" if word == "{}" else word for word in command]
            self._child: Child = start_program(words, keep=(self._file,))
        except OSError:
            os.close(self._file)
            raise
        self._still_since = 0.0
        self._moved = ""

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def file(self) -> int:
        """Descriptor of what it has written."""
        return self._file

    def words(self) -> str:
        return self._child.words()

    def ready(self, timeout: float) -> None:
        """Wait until it looks at the target or has ended, for at most so many seconds: it writes or says
        something then."""
        until = time.monotonic() + timeout
        while not os.fstat(self._file).st_size and not self.words() and time.monotonic() < until:
            if self._child.wait(0.02) is not None:
                return
            self.watch()

    def watch(self) -> None:
        """Kill it when it stands still and holds the target."""
        if self.why:
            return
        now = time.monotonic()
        if not self._stands_still():
            self._still_since = 0.0
        elif not self._still_since:
            self._still_since = now
        elif now - self._still_since >= _WEDGED:
            self._kill(f"{self.name} stood still, and was ended so that the target runs on")

    def _stands_still(self) -> bool:
        """Stopped; or without progress while it traces a thread that is stopped by that."""
        try:
            state = parse_stat(self._host.proc(f"{self.pid}/stat")).state
            moved = self._host.proc(f"{self.pid}/schedstat")
        except Missing:
            return False
        before, self._moved = self._moved, moved
        return state in "Tt" or (moved == before and self._holds_target())

    def _holds_target(self) -> bool:
        for pid in self._pids:
            try:
                for tid in self._host.list_proc(f"{pid}/task"):
                    status = self._host.proc(f"{pid}/task/{tid}/status")
                    if f"\nTracerPid:\t{self.pid}\n" in status and "\nState:\tt" in status:
                        return True
            except Missing:
                continue
        return False

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Ask it to end, and wait until it has written what it saw; kill it when that takes too long."""
        if self.ended_ns:
            return
        before = _children()
        self._child.ask_to_end(number)
        until = time.monotonic() + _END
        while self._child.wait(0.02) is None and not self.why:
            self.watch()
            if time.monotonic() > until:
                self._kill(f"{self.name} did not end when asked to")
        self.cpu = _children() - before
        status = os.fstat(self._file)
        behind = int(time.clock_getres(_COARSE) * 5e8)
        self.ended_ns = status.st_mtime_ns + behind + time.monotonic_ns() - time.time_ns()
        if not self.why and not status.st_size:
            self.why = f"{self.name} saw nothing: {printable(self._reason(), 200)}"

    def _reason(self) -> str:
        """What it said, without its advice: the first line, from 'Error:' on."""
        words = self.words()
        lines = [line.strip() for line in (words.partition("Error:")[2] or words).splitlines()]
        return next((line for line in lines if line), "it said nothing")

    def _kill(self, why: str) -> None:
        self._child.kill()
        self.why = why

    def fault(self) -> Fault:
        return Fault(source=self.name, kind=FaultKind.BROKEN, detail=self.why)

    def close(self) -> None:
        """End it at once, if it runs, and free what it wrote."""
        self._child.kill()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _children() -> float:
    """CPU seconds of the children that have been waited for."""
    times = os.times()
    return times.children_user + times.children_system
