"""Which database a thread waits for that sleeps until SQLite may have it.

SQLite does not wait for a lock: it tries to get it, sleeps and tries again (its busy handler). Meanwhile
another process, or another connection of this one, has a lock on bytes that only SQLite uses: those from
PENDING_BYTE on in a database (os.h), or those of the index of its write-ahead log, beside it (wal.c).
"""

import os
import struct
import time

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.file_locks import FileLock, parse_locks
from perfdiag.host.secrets import scrub_path
from perfdiag.sampler.arguments import Read

_PENDING, _LAST = 0x40000000, 0x40000000 + 511
_INDEX, _INDEX_LAST, _WRITING = 120, 127, 120  # of the index: bytes for its locks, and that of who writes
_SUFFIX = "-shm"
_AGAIN = 0.02  # seconds between two looks at the locks of the host
_LASTING = 0.2  # seconds for which a database that was busy is: who has it gives it back and takes it again
_OPENED = 1.0  # seconds between two looks at what is open
_FILES = 256  # descriptors that are looked at
_REALTIME = 0
_TIMESPEC = struct.Struct("qq")
# seconds and nanoseconds between two tries (sqliteDefaultBusyCallback; without usleep whole seconds)
_DELAYS = {(1, 0), *((0, 1_000_000 * ms) for ms in (1, 2, 5, 10, 15, 20, 25, 50, 100))}


class BusyFiles:
    """Those of one process."""

    def __init__(self, host: Host, pid: int) -> None:
        self._host, self._pid = host, pid
        self._open: dict[int, str] = {}  # inode -> path
        self._next_look = self._next_open = 0.0
        self._found: tuple[str, int] | None = None

    def waited_for(self, name: str, arguments: tuple[int, ...], read: Read) -> tuple[str, int] | None:
        """The database, and the process that has it locked, of a thread in this system call; None when it
        sleeps of its own: by another clock, as CPython does, or for another time."""
        if name == "clock_nanosleep" and (arguments[0] != _REALTIME or arguments[1]):
            return None
        wanted = arguments[2] if name == "clock_nanosleep" else arguments[0]
        if _TIMESPEC.unpack(read(wanted, _TIMESPEC.size)) not in _DELAYS:
            return None
        now = time.monotonic()
        if now >= self._next_look:
            self._found = self._look(now)
            self._next_look = now + (_LASTING if self._found else _AGAIN)
        return self._found

    def _look(self, now: float) -> tuple[str, int] | None:
        try:
            locks = [lock for lock in parse_locks(self._host.proc("locks")) if _of_sqlite(lock)]
        except Missing:
            return None
        if locks and now >= self._next_open:
            self._next_open = now + _OPENED
            self._open = self._files()
        mine = [lock for lock in locks if self._is_database(lock)]
        writing = {lock.inode for lock in mine if lock.writes and lock.pid == self._pid}
        # who waits until others have read has said that it will write
        others = [lock for lock in mine if lock.pid != self._pid and (lock.writes or lock.inode in writing)]
        for lock in sorted(others, key=lambda lock: not lock.writes) or [
            lock for lock in mine if lock.writes
        ]:
            return self._open[lock.inode].removesuffix(_SUFFIX), lock.pid
        return None

    def _is_database(self, lock: FileLock) -> bool:
        path = self._open.get(lock.inode, "")
        return bool(path) and path.endswith(_SUFFIX) == (lock.first <= _INDEX_LAST)

    def _files(self) -> dict[int, str]:
        """The files that are open, by inode."""
        try:
            names = self._host.list_proc(f"{self._pid}/fd")[:_FILES]
        except Missing:
            return {}
        found: dict[int, str] = {}
        for name in names:
            try:
                link = os.readlink(f"{self._host.procfs}/{self._pid}/fd/{name}")
                if link.startswith("/") and not link.startswith("/dev/"):
                    found[self._inode(name)] = scrub_path(link)
            except (Missing, OSError):
                continue  # closed meanwhile
        return found

    def _inode(self, descriptor: str) -> int:
        """By the field of fdinfo (Linux 5.14); 0 where there is none. It does not ask the file's file system,
        as a stat does."""
        text = self._host.proc(f"{self._pid}/fdinfo/{descriptor}", 4096)
        return next((int(line[4:]) for line in text.splitlines() if line.startswith("ino:")), 0)


def _of_sqlite(lock: FileLock) -> bool:
    if lock.first >= _PENDING:
        return lock.last <= _LAST and lock.last >= lock.first
    return lock.writes and lock.first == _WRITING and lock.last == lock.first
