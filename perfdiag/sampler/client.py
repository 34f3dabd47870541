"""The parent's end of the sampler: starts the child, appends what it streams to a Recording, and ends it.

The child is killed when it is silent for longer than it may be; what it had sent is kept. Nothing the child
does or fails to do can block the parent.
"""

import json
import os
import selectors
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from perfdiag.errors import FaultKind, Missing
from perfdiag.host import Host
from perfdiag.host.clock import Clock
from perfdiag.host.commands import Child, start_python
from perfdiag.host.procfs import parse_stat
from perfdiag.model import Fault, Frame, Object, ObjectType, Origin, Process, Role, Stack, Thread
from perfdiag.recording import Recording
from perfdiag.sampler.growth import Growth
from perfdiag.sampler.request import Request
from perfdiag.sampler.stream import Message, Splitter, unpack_ticks

_SILENCE = 2.0  # seconds without a message after which the child counts as wedged
_PATIENCE = 3  # times that a child which is ready to run may be silent for as long again
_START = 5.0  # seconds for attaching
_FAREWELL = 0.5  # seconds for the last message of a child that was asked to end


class Sampler:
    """A running sampler child. `pump` must be called often; `done` when it has ended, well or not."""

    def __init__(
        self, recording: Recording, request: Request, *, clock: Clock, origin: Callable[[str], Origin]
    ) -> None:
        """OSError when no process can be started or no file opened."""
        self._recording, self._clock, self._origin = recording, clock, origin
        self._chosen = len(request.targets)
        self._splitter = Splitter()
        self._frames: list[Frame] = []
        self.hello: dict[str, Any] = {}
        self.totals: dict[str, Any] = {}
        self.faults: list[Fault] = []
        self.growth = Growth()
        self.done = self._stopping = False
        source, sink = os.pipe2(os.O_CLOEXEC)
        text = replace(request, parent=os.getpid(), out=sink).dump()
        code = "from perfdiag.sampler.child import main; import sys; main(sys.argv[1])"
        pidfds = [pidfd for _, pidfd, _, _ in request.targets]
        self._child: Child = start_python(code, [text], keep=(sink, *pidfds))
        os.close(sink)
        os.set_blocking(source, False)
        self._source = source
        self._selector = selectors.DefaultSelector()
        self._selector.register(source, selectors.EVENT_READ)
        self._deadline, self._patience = self._now() + _START, _PATIENCE

    @property
    def pid(self) -> int:
        return self._child.pid

    def _now(self) -> float:
        return self._clock.monotonic_ns() / 1e9

    def pump(self, timeout: float) -> None:
        """Take what has arrived, waiting for at most `timeout` seconds."""
        if self.done:
            return
        if self._selector.select(max(0.0, timeout)):
            self._read()
        if not self.done and self._now() > self._deadline:
            if self._patience and self._starved():
                self._patience -= 1
                self._deadline += _SILENCE
                return
            self._give_up(
                FaultKind.LATE, "the sampler was silent and has been ended; what it had sent is kept"
            )

    def _starved(self) -> bool:
        """Whether the child is ready to run: on a host without a free CPU its silence is no wonder."""
        try:
            return parse_stat(Host().proc(f"{self.pid}/stat")).state == "R"
        except Missing:
            return False

    def _read(self) -> None:
        while not self.done:
            try:
                data = os.read(self._source, 1 << 20)
            except BlockingIOError:
                return
            if not data:
                self._ended()
                return
            self._deadline, self._patience = self._now() + _SILENCE, _PATIENCE
            try:
                for kind, body in self._splitter.feed(data):
                    self._take(kind, body)
            except (ValueError, KeyError, TypeError, IndexError) as error:
                self._give_up(FaultKind.BROKEN, f"the sampler sent something that is not a message: {error}")

    def _take(self, kind: Message, body: bytes) -> None:
        recording = self._recording
        match kind:
            case Message.TICKS:
                unpack_ticks(body, recording.ticks)
            case Message.HELLO:
                self.hello = json.loads(body)
            case Message.END:
                self.totals = json.loads(body)
                self.hello |= {"engine": self.totals["engine"]}
            case Message.GROWTH:
                self.growth.take(json.loads(body))
            case Message.FRAMES:
                for file, function, line, first in json.loads(body):
                    origin = self._origin(file)
                    self._frames.append(
                        Frame(file=file, function=function, line=line, first_line=first, origin=origin)
                    )
            case Message.STACKS:
                for ids in json.loads(body):
                    frames = tuple(self._frames[number] for number in ids)
                    recording.stacks.append(Stack(id=len(recording.stacks), frames=frames))
            case Message.PROCESSES:
                for index, fields in json.loads(body):
                    self._process(index, fields)
            case Message.THREADS:
                for process, tid, name, main, loop in json.loads(body):
                    thread = Thread(process=process, tid=tid, name=name, main=main, loop=loop)
                    recording.threads.append(thread)
            case Message.OBJECTS:
                for fields in json.loads(body):
                    self._object(Object(**fields | {"type": ObjectType(fields["type"])}))

    def _process(self, index: int, fields: dict[str, Any]) -> None:
        """Of a process that was chosen more was known before; it may have been replaced since (exec)."""
        processes = self._recording.processes
        if index < self._chosen:
            known = {name: fields[name] for name in ("comm", "exe", "runtime", "gone")}
            processes[index] = replace(
                processes[index], **known, modules=tuple(fields["modules"]), serves=_pairs(fields["serves"])
            )
            return
        groups = tuple((name, path) for name, path in fields["cgroups"])
        lists = {name: tuple(fields[name]) for name in ("modules", "ports")} | {
            "serves": _pairs(fields["serves"])
        }
        one = Process(**fields | lists | {"cgroups": groups, "role": Role(fields["role"])})
        if index == len(processes):
            processes.append(one)
        else:
            processes[index] = one

    def _object(self, item: Object) -> None:
        objects = self._recording.objects
        if item.id == len(objects):
            objects.append(item)
        else:
            objects[item.id] = item

    def _ended(self) -> None:
        code = self._child.wait(1.0)
        if not self.totals and not self._stopping:
            detail = self._child.last_words() or (f"exit status {code}" if code is not None else "no status")
            self._give_up(FaultKind.BROKEN, f"the sampler ended early ({detail}); what it had sent is kept")
        self._close()

    def _give_up(self, kind: FaultKind, detail: str) -> None:
        self.faults.append(Fault(source="sampler", kind=kind, detail=detail))
        self._close()

    def stop(self) -> None:
        """End the child now, with a moment to send what it still holds; for an interrupted run."""
        if self.done:
            return
        self._stopping = True
        self._child.ask_to_end()
        until = self._now() + _FAREWELL
        while not self.done and self._selector.select(max(0.0, until - self._now())):
            self._read()
        self._close()

    def _close(self) -> None:
        if self.done:
            return
        self.done = True
        self._child.kill()
        self._selector.close()
        os.close(self._source)


def _pairs(rows: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((first, second) for first, second in rows)
