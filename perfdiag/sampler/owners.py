"""Which process is at the other end: asked of the inspector while the loop goes on.

Finding the owner of a socket means reading the descriptors of all processes, 10 ms and more; the loop only
asks and, some ticks later, takes the answer.
"""

import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from perfdiag.host.inspector import Inspector, Question
from perfdiag.host.services import service_of
from perfdiag.host.sockets import Address
from perfdiag.model import ObjectType
from perfdiag.sampler.interning import Interned

_BATCH = 64  # connections in one pass over all processes
_WAITING = 4096  # questions that wait; more are not asked


class End(NamedTuple):
    """A connection on loopback whose other end is looked for."""

    object: int
    kind: ObjectType
    local: Address
    peer: Address


class Pipe(NamedTuple):
    """A pipe of which the process has one end; `reads`: the end to read from."""

    object: int
    link: str
    inode: int
    reads: bool


class Local(NamedTuple):
    """A unix socket that the process has connected; `maker` made the socket that it was connected to."""

    object: int
    inode: int
    maker: int


class Owners:
    """Questions about objects, and what is learnt from the answers.

    `rename(link, id)` is called when a pipe turned out to lead to a child; `listens(ports)` with the TCP
    ports that are listened on in the network namespace of the process.
    """

    def __init__(
        self,
        *,
        pid: int,
        inspector: Inspector,
        objects: Interned,
        rename: Callable[[str, int], None],
        listens: Callable[[set[int]], None],
    ) -> None:
        self._pid, self._inspector, self._objects = pid, inspector, objects
        self._rename, self._listens = rename, listens
        self._ends: deque[End] = deque(maxlen=_WAITING)
        self._pipes: deque[Pipe] = deque(maxlen=_WAITING)
        self._locals: deque[Local] = deque(maxlen=_WAITING)
        self._ports = self._piped = False
        self._asked: tuple[Question, Callable[[Any], None]] | None = None

    def ask_end(self, end: End) -> None:
        self._ends.append(end)

    def ask_local(self, local: Local) -> None:
        self._locals.append(local)

    def ask_pipe(self, pipe: Pipe) -> None:
        self._pipes.append(pipe)

    def ask_ports(self) -> None:
        self._ports = True

    def pending(self) -> int:
        """Questions that have no answer yet."""
        waiting = len(self._ends) + len(self._pipes) + len(self._locals)
        return waiting + self._ports + (self._asked is not None)

    def asking(self) -> bool:
        """Whether the inspector has been asked and has not answered."""
        return self._asked is not None

    def settle(self, budget: float) -> None:
        """Ask and take answers for at most `budget` seconds, most of them waiting. Returns at once when
        there is nothing to ask. What cannot be found out stays as it is."""
        until = time.monotonic() + budget
        while self._asked or self._ask():
            assert self._asked is not None
            question, take = self._asked
            if not self._inspector.ready(question, max(0.0, until - time.monotonic())):
                return
            self._asked = None
            if isinstance(question.answer, bytes):
                take(json.loads(question.answer))

    def _ask(self) -> bool:
        """Pipes first, the latest of them: a child may be gone in a moment; where others wait, every other
        time."""
        others = bool(self._ports or self._locals or self._ends)
        self._piped = bool(self._pipes) and not (others and self._piped)
        if self._piped:
            pipe = self._pipes.pop()
            self._put(
                "pipe_end", self._pid, pipe.inode, pipe.reads, take=lambda found: self._led(pipe, found)
            )
        elif self._ports:
            self._ports = False
            self._put("listening", self._pid, take=lambda ports: self._listens(set(ports)))
        elif self._locals:
            local = self._locals.popleft()
            self._put("unix_owner", local.inode, take=lambda found: self._connected(local, found))
        elif self._ends:
            batch = [self._ends.popleft() for _ in range(min(_BATCH, len(self._ends)))]
            rows = [(end.kind.value, end.local, end.peer) for end in batch]
            self._put("peer_owners", self._pid, rows, take=lambda owners: self._met(batch, owners))
        else:
            return False
        return True

    def _put(self, read: str, *arguments: Any, take: Callable[[Any], None]) -> None:
        self._asked = (self._inspector.ask(read, *arguments), take)

    def _led(self, pipe: Pipe, found: list[Any] | None) -> None:
        if not found:
            return
        pid, comm, is_child = found
        self._objects.meet(pipe.object, self._pid, pid)
        if is_child:
            child = self._objects.intern(ObjectType.CHILD, comm)
            self._objects.learn(pipe.object, type=ObjectType.CHILD, name=comm)
            self._objects.meet(child, self._pid, pid)
            self._rename(pipe.link, child)

    def _connected(self, local: Local, found: list[Any] | None) -> None:
        pid, comm = found or (local.maker, "")
        self._objects.meet(local.object, self._pid, pid)
        if comm and pid != self._pid:
            self._objects.learn_peer(local.object, service_of(0, comm), comm, pid)

    def _met(self, batch: list[End], owners: list[list[Any] | None]) -> None:
        for end, owner in zip(batch, owners, strict=True):
            if owner:
                pid, comm = owner
                self._objects.learn_peer(end.object, service_of(end.peer.port, comm), comm, pid)
                self._objects.meet(end.object, self._pid, pid)
