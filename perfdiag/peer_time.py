"""What the processes at the other ends do in the looks in which the target waits for them, by block of time.

`Wait` names a relation: somebody waits on an object of which a followed process is the other end. The target
is one waiter, whichever of its processes waits; each peer is one of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from perfdiag.model import Process, TimeClass

TARGET = -1  # as a waiter


class Wait(NamedTuple):
    """`waiter` and `end` index the processes of the whole recording; `object` its objects."""

    waiter: int
    object: int
    end: int


class Doing(NamedTuple):
    """What a thread does: computes (PYTHON, whatever it runs), or waits; ids, -1 where not known."""

    time: TimeClass
    object: int
    stack: int


@dataclass(slots=True)
class Block:
    """A quarter of a second: `looks` in which it was waited, by one thread each, and what the other end did
    in them; `title` is what the process called itself in the snapshot of this number, which ends it."""

    looks: float = 0.0
    doing: dict[Doing, float] = field(default_factory=dict)
    title: str = ""
    snapshot: int = 0


@dataclass(slots=True)
class PeerTime:
    """Grows by blocks. `processes` are all of the recording; `siblings[parent]` are the processes below a
    parent, by pids: what they called themselves, snapshot by snapshot ('' where
    they were not seen)."""

    waits: dict[Wait, list[Block]] = field(default_factory=dict)
    processes: Mapping[int, Process] = field(default_factory=dict)
    siblings: dict[int, dict[int, list[str]]] = field(default_factory=dict)
