"""Arguments of system calls that lie in the memory of the caller: descriptor sets, addresses, paths.

`read(address, length)` gives bytes or raises OSError. The memory may change at any time (the caller is
blocked, but its other threads run): what is read is bounded, and wrong at worst.
"""

import select
import socket
import struct
from collections.abc import Callable
from typing import NamedTuple

from perfdiag.host.secrets import scrub_path
from perfdiag.host.sockets import Address, plain

Read = Callable[[int, int], bytes]

_POLLED = 64  # entries of a poll array that are looked at
_SELECTABLE = 1024  # FD_SETSIZE
_POLLFD = struct.Struct("=ihh")
_PATH = 256
_PAGE = 4096
_SOCKADDR = 128

# linux/futex.h
_FUTEX_OPERATION, _FUTEX_PRIVATE = 0x7F, 0x80
_FUTEX_WAIT, _FUTEX_WAIT_BITSET = 0, 9
_FUTEX_LOCK_PI = frozenset({6, 13})
_LOCKED_WITH_WAITERS = 2


class Polled(NamedTuple):
    """A descriptor that is polled; `writes`: until it can be written to, and for nothing else."""

    descriptor: int
    writes: bool


def polled(read: Read, arguments: tuple[int, ...]) -> list[Polled]:
    """Descriptors of a poll or ppoll: (array, count, ...)."""
    count = min(arguments[1], _POLLED)
    if not count:
        return []
    array = read(arguments[0], count * _POLLFD.size)
    return [
        Polled(descriptor, bool(events & select.POLLOUT) and not events & select.POLLIN)
        for descriptor, events, _ in _POLLFD.iter_unpack(array)
        if descriptor >= 0
    ]


def selected(read: Read, arguments: tuple[int, ...]) -> list[Polled]:
    """Descriptors of a select or pselect6 that are to become readable or writable: (count, bitmap, bitmap,
    ...). Bitmaps are whole machine words."""
    words = (min(arguments[0], _SELECTABLE) + 63) // 64
    reads, writes = (
        int.from_bytes(read(address, words * 8), "little") if address and words else 0
        for address in arguments[1:3]
    )
    return [
        Polled(bit, not reads >> bit & 1)
        for bit in range(min(arguments[0], _SELECTABLE))
        if (reads | writes) >> bit & 1
    ]


def is_mutex(arguments: tuple[int, ...]) -> bool:
    """Whether a futex is waited for as a lock, by what its callers have agreed on: a lock with waiters has
    the value 2 (glibc's and Rust's mutexes, Go's run time), one with inheritance of priority its own call.
    Others wait for any change of a value: condition variables, semaphores (CPython's locks among them)."""
    _, operation, value, timeout, *_ = arguments
    if operation & _FUTEX_OPERATION in _FUTEX_LOCK_PI:
        return True
    plain_wait = operation & _FUTEX_OPERATION == _FUTEX_WAIT
    in_full = operation == _FUTEX_WAIT_BITSET | _FUTEX_PRIVATE and not timeout
    return value & 0xFFFFFFFF == _LOCKED_WITH_WAITERS and (plain_wait or in_full)


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
        return scrub_path(b"@" + path[1:] if path[:1] == b"\0" else path.partition(b"\0")[0])
    return ""


def path(read: Read, address: int) -> str:
    """A path, cut after 256 bytes; never across a page that may not be there."""
    raw = read(address, min(_PATH, _PAGE - address % _PAGE))
    if b"\0" not in raw and len(raw) < _PATH:
        raw += read(address + len(raw), _PATH - len(raw))
    return scrub_path(raw.partition(b"\0")[0])
