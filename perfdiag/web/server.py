"""A small HTTP server: one thread, a bounded number of connections, a deadline for every wait.

Nobody can make it wait: a head has 5 seconds, a reply 10, an idle connection 30. When all places are taken
the connection that has kept us waiting longest gives way, so slow clients cannot shut out a scrape.
"""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from perfdiag.web.protocol import HEAD_LIMIT, Refused, Request, Response, pack, parse, plain

_CONNECTIONS = 64
_HEAD_SECONDS, _WRITE_SECONDS, _IDLE_SECONDS = 5.0, 10.0, 30.0
_READ = 1 << 14
_END = b"\r\n\r\n"


@dataclass(slots=True, eq=False)
class _Connection:
    socket: socket.socket
    deadline: float
    inbox: bytearray = field(default_factory=bytearray)
    outbox: memoryview = field(default_factory=lambda: memoryview(b""))
    keep: bool = True

    @property
    def writing(self) -> bool:
        return len(self.outbox) > 0


class Server:
    """Serves a listening socket with `answer`, which must be quick: it is called in the loop."""

    def __init__(self, listener: socket.socket, answer: Callable[[Request], Response]) -> None:
        self._listener, self._answer = listener, answer
        listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._connections: set[_Connection] = set()

    def watch(self, channel: socket.socket, ready: Callable[[], None]) -> None:
        """Call `ready` in the loop when `channel` can be read."""
        self._selector.register(channel, selectors.EVENT_READ, ready)

    @property
    def connections(self) -> int:
        return len(self._connections)

    def step(self, timeout: float) -> None:
        """Wait for events at most `timeout` seconds and handle them."""
        now = time.monotonic()
        wait = min([timeout, *(max(0.0, c.deadline - now) for c in self._connections)])
        for key, _ in self._selector.select(wait):
            if isinstance(key.data, _Connection):
                self._advance(key.data)
            else:
                key.data()
        now = time.monotonic()
        for connection in [c for c in self._connections if c.deadline <= now]:
            self._close(connection)

    def close(self) -> None:
        for connection in list(self._connections):
            self._close(connection)
        self._selector.close()
        self._listener.close()

    def _accept(self) -> None:
        try:
            accepted, _ = self._listener.accept()
        except OSError:  # the client gave up, or we have no descriptor: the next round tries again
            return
        accepted.setblocking(False)
        with suppress(OSError):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self._connections) >= _CONNECTIONS:
            self._close(min(self._connections, key=lambda c: (c.writing, c.deadline)))
        connection = _Connection(accepted, time.monotonic() + _HEAD_SECONDS)
        self._connections.add(connection)
        self._selector.register(accepted, selectors.EVENT_READ, connection)
        self._advance(connection)

    def _advance(self, connection: _Connection) -> None:
        """Read or write what can be, until the connection would block or ends."""
        try:
            if not connection.writing and not self._read(connection):
                self._close(connection)
                return
            while connection.writing or self._next_request(connection):
                connection.outbox = connection.outbox[connection.socket.send(connection.outbox) :]
                if not connection.writing and not self._finish(connection):
                    return
        except BlockingIOError:
            pass
        except OSError:  # reset by the client
            self._close(connection)
            return
        self._await(connection)

    def _read(self, connection: _Connection) -> bool:
        """Take what has arrived; False at the end of the stream."""
        data = connection.socket.recv(_READ)
        if data and not connection.inbox:
            connection.deadline = min(connection.deadline, time.monotonic() + _HEAD_SECONDS)
        connection.inbox += data
        return bool(data)

    def _next_request(self, connection: _Connection) -> bool:
        """Answer the request at the head of the inbox, if it is there as a whole."""
        end = connection.inbox.find(_END, 0, HEAD_LIMIT)
        if end < 0 and len(connection.inbox) < HEAD_LIMIT:
            return False
        try:
            if end < 0:
                raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            request = parse(bytes(connection.inbox[:end]))
        except Refused as refused:
            connection.keep = False
            connection.outbox = memoryview(pack(plain(refused.status), head_only=False, keep=False))
        else:
            connection.keep = request.keep
            data = pack(self._answer(request), head_only=request.method == "HEAD", keep=request.keep)
            connection.outbox = memoryview(data)
            del connection.inbox[: end + len(_END)]
        connection.deadline = time.monotonic() + _WRITE_SECONDS
        return True

    def _finish(self, connection: _Connection) -> bool:
        """A reply is out: False when the connection ended with it."""
        if not connection.keep:
            self._close(connection)
            return False
        pause = _HEAD_SECONDS if connection.inbox else _IDLE_SECONDS
        connection.deadline = time.monotonic() + pause
        return True

    def _await(self, connection: _Connection) -> None:
        events = selectors.EVENT_WRITE if connection.writing else selectors.EVENT_READ
        self._selector.modify(connection.socket, events, connection)

    def _close(self, connection: _Connection) -> None:
        self._connections.discard(connection)
        with suppress(KeyError, ValueError):
            self._selector.unregister(connection.socket)
        connection.socket.close()
