"""Asks a server what it does, at most twice in a recording, and tells it as samples of the snapshots.

Gauges `inspected.session{port, pid, state}` (seconds in its transaction), `inspected.lock{port, pid, by}`
(those of a session that waits for a lock; `by`: who has it, process ids) and `inspected.clients{port, kind}`;
counters `inspected.command{port, command, of}` (calls, seconds) and `inspected.slow{port}`.

A server that does not answer, refuses, or answers something else is a fault, and nothing more.
"""

import json
import os
import select
from collections.abc import Callable, Iterator
from typing import Any

from perfdiag.errors import FaultKind
from perfdiag.host.clock import Clock
from perfdiag.host.commands import Child, start_python
from perfdiag.inspection.source import Source
from perfdiag.model import Fault, Sample
from perfdiag.samples import counter, gauge
from perfdiag.text import printable
from perfdiag.units import Unit

_AT = (0.3, 0.8)  # of the duration
_DEADLINE = 4.0  # seconds: one for the connection, one for the answer, and the start of an interpreter
_LONGEST = 1 << 18  # bytes of an answer
_MOST = 64  # rows of an answer
_CODE = "from perfdiag.inspection.child import main; import sys; main(sys.argv[1], *map(int, sys.argv[2:]))"


class Looks:
    """`watch` must be called often; it never waits. Without a `source` nothing is asked."""

    def __init__(self, source: Source | None, duration: float, clock: Clock) -> None:
        self._source, self._clock = source, clock
        now = self._now()
        self._due = [now + part * duration for part in _AT] if source else []
        self._child: Child | None = None
        self._out = -1
        self._until = 0.0
        self._received = b""
        self._samples: list[Sample] = []
        self._faults: list[Fault] = []

    def _now(self) -> float:
        return self._clock.monotonic_ns() / 1e9

    def watch(self) -> None:
        """Begin a look when it is time, and take what has been answered."""
        if self._child is not None:
            self._take()
        elif self._source and self._due and self._now() >= self._due[0]:
            self._due.pop(0)
            self._begin(self._source)

    def learnt(self) -> tuple[list[Sample], list[Fault]]:
        """Since the last call."""
        found = self._samples, self._faults
        self._samples, self._faults = [], []
        return found

    def finish(self) -> None:
        """The recording ends: nobody waits any more."""
        if self._child is not None:
            self.watch()
        if self._child is not None:
            self._close()
            self._fault(FaultKind.LATE, "no answer by the end of the look")
        self._due = []

    def _close(self) -> None:
        if self._child is not None:
            self._child.kill()
            os.close(self._out)
            self._child = None

    def _begin(self, asked: Source) -> None:
        opened: list[int] = []
        try:
            opened += os.pipe2(os.O_CLOEXEC)
            opened += os.pipe2(os.O_CLOEXEC)
            source, secret, self._out, out = opened
            os.write(secret, asked.secret.encode())  # it fits into the pipe
            words = [asked.service, str(os.getpid()), str(source), str(out)]
            self._child = start_python(_CODE, words, keep=(source, out))
            opened.remove(self._out)
        except OSError as error:
            self._fault(FaultKind.NO_DATA, os.strerror(error.errno or 0))
        finally:
            for descriptor in opened:
                os.close(descriptor)
        self._until, self._received = self._now() + _DEADLINE, b""

    def _take(self) -> None:
        while select.select([self._out], [], [], 0)[0]:
            part = os.read(self._out, 1 << 16)
            self._received += part
            if not part or len(self._received) > _LONGEST:
                self._close()
                self._answered()
                return
        if self._now() > self._until:
            self._close()
            self._fault(FaultKind.LATE, "no answer in time")

    def _answered(self) -> None:
        try:
            answer = json.loads(self._received)
            if "error" in answer:
                self._fault(FaultKind.DENIED, printable(str(answer["error"]), 80))
            elif self._source is not None:
                told = _TOLD[self._source.service](answer["found"], str(self._source.port))
                self._samples += list(told)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._fault(FaultKind.BROKEN, "an answer that cannot be understood")

    def _fault(self, kind: FaultKind, why: str) -> None:
        assert self._source is not None
        service, port = self._source.service, self._source.port
        detail = f"the {service} server at port {port} was not inspected: {why}"
        self._faults.append(Fault(source="inspect", kind=kind, detail=detail))


def _postgresql(rows: list[dict[str, Any]], port: str) -> Iterator[Sample]:
    for row in rows[:_MOST]:
        names = {"port": port, "pid": str(int(row["pid"]))}
        age = max(0.0, float(row["age"]))
        yield gauge("inspected.session", age, Unit.SECONDS, **names, state=printable(row["state"], 40))
        if row["by"]:
            by = ",".join(str(int(pid)) for pid in row["by"][:_MOST])
            yield gauge("inspected.lock", age, Unit.SECONDS, **names, by=by)


def _redis(found: dict[str, Any], port: str) -> Iterator[Sample]:
    for name, (calls, spent) in list(found["commands"].items())[:_MOST]:
        command = printable(name, 40)
        yield counter("inspected.command", calls, port=port, command=command, of="calls")
        yield counter("inspected.command", spent, Unit.SECONDS, port=port, command=command, of="time")
    for kind in ("clients", "blocked"):
        yield gauge("inspected.clients", int(found[kind]), port=port, kind=kind)
    yield counter("inspected.slow", int(found["slow"]), port=port)


_TOLD: dict[str, Callable[[Any, str], Iterator[Sample]]] = {"postgresql": _postgresql, "redis": _redis}
