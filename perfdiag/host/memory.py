"""Memory of another process, by process_vm_readv: the process is neither attached to nor stopped.

Reading needs the permission to ptrace the process (PTRACE_MODE_ATTACH_REALCREDS) and nothing else. Errors
are OSErrors by errno: ProcessLookupError (it is gone), PermissionError, and OSError(EFAULT) for an address
that is not mapped.
"""

import ctypes
import errno
import os
import struct

_IOV_MAX = 1024  # pieces in one call, linux/uio.h
_IOVEC = struct.Struct("=QQ")  # struct iovec on 64-bit machines
_ADDRESS_MASK = (1 << 64) - 1

_readv = ctypes.CDLL(None, use_errno=True).process_vm_readv
_readv.restype = ctypes.c_ssize_t
_readv.argtypes = [
    ctypes.c_int,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_ulong,
]


def piece(address: int, length: int) -> bytes:
    """One entry of a request: the iovec of `length` bytes at `address`."""
    return _IOVEC.pack(address & _ADDRESS_MASK, length)


def u64(data: bytes, at: int) -> int:
    """The 64-bit word at byte `at` of what was read."""
    return int.from_bytes(data[at : at + 8], "little")


class Memory:
    """Reads of one process. `gather` is the hot path: it leaves what it copied in `octets` (bytes) and
    `words` (the same memory as 64-bit integers) until the next `gather`; the other reads do not touch it."""

    def __init__(self, pid: int, capacity: int = 1 << 18) -> None:
        self.pid = pid
        self.calls = 0
        self._reserve(capacity)

    def _reserve(self, capacity: int) -> None:
        self._capacity = capacity
        self._buffer = ctypes.create_string_buffer(capacity)
        self._start = ctypes.addressof(self._buffer)
        self.octets = memoryview(self._buffer).cast("B")
        self.words = self.octets.cast("Q")

    def gather(self, request: bytes, total: int) -> int:
        """Copy the pieces of `request` (joined `piece`s, `total` bytes in all) one behind the other.
        Returns the number of bytes copied: fewer than `total` when a piece is not readable, whole pieces
        before it always being there."""
        if total > self._capacity:
            self._reserve(2 * total)
        size, copied = _IOVEC.size * _IOV_MAX, 0
        for at in range(0, len(request), size):
            part = request[at : at + size] if len(request) > size else request
            local = _IOVEC.pack(self._start + copied, total - copied)
            wanted = total - copied if at + size >= len(request) else _length(part)
            self.calls += 1
            got = _readv(self.pid, local, 1, part, len(part) // _IOVEC.size, 0)
            if got < 0:
                _raise_unless_unmapped()
                break
            copied += got
            if got < wanted:
                break
        return copied

    def read(self, address: int, length: int) -> bytes:
        """`length` bytes at `address`; OSError when not all of them can be read."""
        buffer = ctypes.create_string_buffer(length)
        self.calls += 1
        local = _IOVEC.pack(ctypes.addressof(buffer), length)
        got = _readv(self.pid, local, 1, piece(address, length), 1, 0)
        if got != length:
            if got < 0:
                _raise_unless_unmapped()
            raise OSError(errno.EFAULT, f"cannot read {length} bytes at {address:#x}")
        return buffer.raw

    def pointer(self, address: int) -> int:
        return u64(self.read(address, 8), 0)


def _length(request: bytes) -> int:
    return sum(length for _, length in _IOVEC.iter_unpack(request))


def _raise_unless_unmapped() -> None:
    """EFAULT says that the first piece is not mapped; every other error holds for all pieces."""
    error = ctypes.get_errno()
    if error != errno.EFAULT:
        raise OSError(error, os.strerror(error))
