"""Arguments of system calls that lie in the memory of the caller: descriptor sets, addresses, paths.

`read(address, length)` gives bytes or raises OSError. The memory may change at any time (the caller is
blocked, but its other threads run): what is read is bounded, and wrong at worst.
"""

import socket
import struct
from collections.abc import Callable

from perfdiag.host.sockets import Address, plain
from perfdiag.text import printable

Read = Callable[[int, int], bytes]

_POLLED = 64  # entries of a poll array that are looked at
_SELECTABLE = 1024  # FD_SETSIZE
_POLLFD = struct.Struct("=ihh")
_PATH = 256
_PAGE = 4096
_SOCKADDR = 128


def polled(read: Read, arguments: tuple[int, ...]) -> list[int]:
    """Descriptors of a poll or ppoll: (array, count, ...)."""
    count = min(arguments[1], _POLLED)
    if not count:
        return []
    array = read(arguments[0], count * _POLLFD.size)
    return [descriptor for descriptor, _, _ in _POLLFD.iter_unpack(array) if descriptor >= 0]


def selected(read: Read, arguments: tuple[int, ...]) -> list[int]:
    """Descriptors of a select or pselect6 that are to become readable or writable: (count, bitmap, bitmap,
    ...). Bitmaps are whole machine words."""
    words = (min(arguments[0], _SELECTABLE) + 63) // 64
    both = 0
    for address in arguments[1:3]:
        if address and words:
            both |= int.from_bytes(read(address, words * 8), "little")
    return [bit for bit in range(min(arguments[0], _SELECTABLE)) if both >> bit & 1]


def destination(read: Read, arguments: tuple[int, ...]) -> Address | str:
    """Where a connect goes: (descriptor, address, length). The path of a unix socket; '' for other
    families."""
    raw = read(arguments[1], min(arguments[2], _SOCKADDR))
    family = int.from_bytes(raw[:2], "little")
    if family == socket.AF_INET and len(raw) >= 8:
        return Address(socket.inet_ntop(socket.AF_INET, raw[4:8]), int.from_bytes(raw[2:4], "big"))
    if family == socket.AF_INET6 and len(raw) >= 24:
        host = plain(socket.inet_ntop(socket.AF_INET6, raw[8:24]))
        return Address(host, int.from_bytes(raw[2:4], "big"))
    if family == socket.AF_UNIX:
        path = raw[2:]
        return printable(b"@" + path[1:] if path[:1] == b"\0" else path.partition(b"\0")[0])
    return ""


def path(read: Read, address: int) -> str:
    """A path, cut after 256 bytes; never across a page that may not be there."""
    raw = read(address, min(_PATH, _PAGE - address % _PAGE))
    if b"\0" not in raw and len(raw) < _PATH:
        raw += read(address + len(raw), _PATH - len(raw))
    return printable(raw.partition(b"\0")[0])
