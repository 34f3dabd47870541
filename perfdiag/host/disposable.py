"""The inspector's child: a fork that answers on a socket pair, and that can be abandoned at any time."""

import gc
import json
import os
import select
import signal
import socket
import struct
from typing import Any, NoReturn

from perfdiag.errors import Broken, Denied, Late, Missing, NoData
from perfdiag.host import Host
from perfdiag.host.blocking import READS
from perfdiag.host.parent import die_with_parent

_HEADER = struct.Struct("<BI")  # 0 or the number of the kind of `Missing`, and the length of the answer
_KINDS: tuple[type[Missing], ...] = (Missing, NoData, Denied, Broken, Late)


def start(host: Host) -> tuple[socket.socket, int]:
    """Our end of its socket pair, and its pid. A request is a line of JSON, [read, argument, ...]; NoData
    when there is no process left to start."""
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        ours.close()
        theirs.close()
        raise NoData(f"no process can be started: {error.strerror}") from error
    if pid == 0:
        _live(theirs, parent, host)
    theirs.close()
    return ours, pid


def take_answer(received: bytearray) -> bytes | Missing | None:
    """The answer once it has arrived as a whole (`received` is then empty), None before."""
    if len(received) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack_from(received)
    if len(received) < _HEADER.size + length:
        return None
    body = bytes(received[_HEADER.size :])
    received.clear()
    return _KINDS[kind](body.decode("utf-8", "replace")) if kind else body


def ended(pid: int, timeout: float) -> bool:
    """Whether a child that was killed has ended; it is then reaped."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    select.select([descriptor], [], [], timeout)
    os.close(descriptor)
    return os.waitpid(pid, os.WNOHANG)[0] != 0


def _live(connection: socket.socket, parent: int, host: Host) -> NoReturn:
    """The life of the child: answer until the connection ends."""
    try:
        _isolate(connection.fileno(), parent)
        with connection.makefile("rb") as requests:
            for line in requests:
                read, *arguments = json.loads(line)
                connection.sendall(_answer(host, read, arguments))
    finally:
        os._exit(0)  # no handler, buffer or exit function of the parent may run here


def _answer(host: Host, read: str, arguments: list[Any]) -> bytes:
    kind = 0
    try:
        body = READS[read](host, *arguments)
    except Missing as error:
        kind, body = _KINDS.index(type(error)), str(error).encode("utf-8", "backslashreplace")
    return _HEADER.pack(kind, len(body)) + body


def _isolate(keep: int, parent: int) -> None:
    die_with_parent(parent)
    gc.disable()  # a collection would copy pages that are shared with the parent
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))
    os.closerange(0, keep)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        if standard != keep:
            os.dup2(null, standard)
