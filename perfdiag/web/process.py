"""The web process: binds, waits for the ring, gives up all rights, serves.

Started by the collector with a socket pair (messages of JSON, one a packet): it says `bound` or `error`, is
told where the ring is, says `serving`, and then hears a beat for each tick. When the collector ends, so does
this process: the channel closes, and the kernel sends SIGKILL.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time

from perfdiag.daemon.ring_reader import RingReader
from perfdiag.errors import NoData
from perfdiag.host.parent import die_with_parent
from perfdiag.web.health import Health
from perfdiag.web.pages import Pages
from perfdiag.web.privileges import drop
from perfdiag.web.server import Server

_PACKET = 1 << 16
_BACKLOG = 128
_UNREADABLE = 5  # failed reads of the ring after which a new process has a better chance


class _Stop(Exception):
    """The collector is gone or wants us gone."""


class _Channel:
    def __init__(self, descriptor: int) -> None:
        self.socket = socket.socket(fileno=descriptor)

    def send(self, **message: object) -> None:
        with contextlib.suppress(OSError):
            self.socket.send(json.dumps(message).encode())

    def receive(self) -> dict[str, object]:
        packet = self.socket.recv(_PACKET)
        if not packet:
            raise _Stop
        message: dict[str, object] = json.loads(packet)
        return message


def bind(host: str, port: int) -> socket.socket:
    """A listening TCP socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def main() -> None:
    """Arguments: number of the channel's descriptor, host, port, pid of the collector, seconds of a tick."""
    number, host, port, parent, interval = sys.argv[1:6]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the collector's business
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent(int(parent))
    channel = _Channel(int(number))
    try:
        listener = bind(host, int(port))
    except OSError as error:
        channel.send(error=os.strerror(error.errno or 0))
        return
    channel.send(bound=listener.getsockname()[1])
    with contextlib.suppress(_Stop):
        _serve(channel, listener, int(parent), float(interval))


def _serve(channel: _Channel, listener: socket.socket, parent: int, interval: float) -> None:
    path = str(channel.receive()["ring"])
    reader = None
    with contextlib.suppress(NoData):  # no ring on a full disk: the probes say so
        reader = RingReader(path)  # before the rights go: nobody may not open it
    try:
        rights = drop()
    except OSError as error:
        channel.send(error=str(error))
        return
    die_with_parent(parent)
    pages = Pages(reader, Health(interval=interval, started=time.monotonic()))
    server = Server(listener, pages.answer)
    channel.send(serving=rights)

    def hear() -> None:
        message = channel.receive()
        troubles = message["troubles"]
        pages.health.beat = float(str(message["beat"]))
        pages.health.troubles = [str(text) for text in troubles] if isinstance(troubles, list) else []

    server.watch(channel.socket, hear)
    while pages.unreadable < _UNREADABLE:
        server.step(1.0)
    server.close()
    channel.send(error="the ring could not be read")
