"""What is new since the last time, as messages to the parent."""

import os
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from perfdiag.model import Object, Process
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.member import Member
from perfdiag.sampler.stacks import Stacks
from perfdiag.sampler.stream import Message, pack_json, pack_ticks
from perfdiag.text import printable
from perfdiag.ticks import Ticks


class Outbox:
    """Remembers what it has sent. OSError (BrokenPipeError) when the parent is gone."""

    def __init__(self, out: int) -> None:
        self._out = out
        self._objects: list[Object] = []
        self.rows = 0  # of threads, sent so far

    def send(self, kind: Message, content: Any) -> None:
        self._write(pack_json(kind, content))

    def flush(self, loop: Loop, objects: Interned, stacks: Stacks, processes: dict[int, Process]) -> None:
        """Everything the other side does not know yet, and these processes; empties the loop's ticks."""
        rows = [[index, asdict(one)] for index, one in processes.items()]
        parts = [pack_json(Message.PROCESSES, rows)] if rows else []
        parts += _threads([*loop.members, *loop.ended])
        frames, found = stacks.take()
        parts += [pack_json(Message.FRAMES, frames)] if frames else []
        parts += [pack_json(Message.STACKS, found)] if found else []
        parts += self._learnt(objects.list)
        ticks, loop.ticks = loop.ticks, Ticks()
        loop.ended = []
        self.rows += len(ticks.rows)
        self._write(b"".join([*parts, pack_ticks(ticks)]))

    def _learnt(self, objects: list[Object]) -> Iterable[bytes]:
        sent = self._objects
        fresh = [
            item for number, item in enumerate(objects) if number >= len(sent) or item is not sent[number]
        ]
        if fresh:
            self._objects = list(objects)
            yield pack_json(Message.OBJECTS, [asdict(item) for item in fresh])

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]


def _threads(members: Iterable[Member]) -> Iterable[bytes]:
    """Those that were born."""
    rows = []
    for member in members:
        rows += [[member.index, t.tid, printable(t.name), t.tid == member.pid, 0] for t in member.born]
        rows += [[member.index, t.tid, t.name, False, t.loop] for t in member.tasks.born]
        member.born, member.tasks.born = [], []
    if rows:
        yield pack_json(Message.THREADS, rows)
