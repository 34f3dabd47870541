"""The flight recorder: the last hours, one row a second, in one SQLite file with one writer.

Each tick is committed (WAL, synchronous=NORMAL): a killed daemon loses nothing that it wrote. A file that
cannot be written (disk full, read-only) does not stop the collection: ticks wait in memory and are written
when it can be again. A damaged file is set aside (the last three are kept), never repaired.
"""

import logging
import os
import re
import sqlite3
import stat
from collections import deque
from contextlib import suppress
from typing import NamedTuple

from perfdiag.daemon.frames import Layout, encode
from perfdiag.daemon.ring_tables import NAME, Frame, check, create, layout_id_of, store
from perfdiag.errors import UsageError

_RETRY = 5.0  # seconds between two tries to write to a full disk
_WAITING = 600  # ticks that wait in memory
_KEY_EVERY = 60  # ticks; a reader needs two rows for any of them
_TRIM_EVERY = 60
_BAD_FILES = 3
_FILES = ("", "-wal", "-shm")
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

_log = logging.getLogger(__name__)


class _Key(NamedTuple):
    seq: int
    layout: Layout
    layout_id: int
    values: bytes


class Ring:
    """The writer. `trouble` says why ticks wait in memory, '' while all is well; `damaged` counts the files
    that were set aside; `inode` changes when readers must open the file anew (0: there is none)."""

    def __init__(self, folder: str, *, ticks: int, size: int) -> None:
        """Keeps the last `ticks` ticks and about `size` bytes. Raises UsageError on a file of a newer
        version."""
        self._path = os.path.join(folder, NAME)
        self._ticks, self._size = ticks, size
        self._waiting: deque[Frame] = deque(maxlen=_WAITING)
        self._key: _Key | None = None
        self._retry_at = 0.0
        self._written = 0
        self.trouble, self.damaged, self.lost, self.inode = "", 0, 0, 0
        self._database: sqlite3.Connection | None = None
        self._open()

    @property
    def path(self) -> str:
        return self._path

    @property
    def waiting(self) -> int:
        """Ticks that wait in memory for the disk."""
        return len(self._waiting)

    def size(self) -> int:
        """Bytes of the file and its log; 0 when they cannot be seen."""
        total = 0
        for suffix in ("", "-wal"):
            with suppress(OSError):
                total += os.stat(self._path + suffix).st_size
        return total

    def append(self, frame: Frame) -> None:
        """Write one tick, or keep it in memory; never raises."""
        self.lost += len(self._waiting) == self._waiting.maxlen
        self._waiting.append(frame)
        if self.trouble and frame.at < self._retry_at:
            return
        try:
            self._write()
        except sqlite3.Error as error:
            self._failed(error, frame.at)

    def close(self) -> None:
        """Write what waits, fold the log into the file. Never raises."""
        try:
            self._write()
        except sqlite3.Error as error:
            _log.error("%d ticks were lost at the end: %s", len(self._waiting), error)
        self._disconnect()

    def _open(self) -> None:
        try:
            if os.path.lexists(self._path) and not stat.S_ISREG(os.lstat(self._path).st_mode):
                self._set_aside("it is not a regular file")
            self._connect()
        except sqlite3.Error as error:
            self._failed(error, 0.0)

    def _connect(self) -> sqlite3.Connection:
        if self._database is not None:
            return self._database
        database = sqlite3.connect(self._path, isolation_level=None, timeout=1.0)
        try:
            database.execute("PRAGMA trusted_schema=OFF")
            if not database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                create(database)
            check(database, self._path)
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute("PRAGMA cache_size=-512")
            database.execute("PRAGMA wal_autocheckpoint=256")
            database.execute(f"PRAGMA journal_size_limit={4 << 20}")
            # episodes that a killed daemon left open ended when they were last seen
            database.execute("UPDATE finding SET ended = seen WHERE ended IS NULL")
        except (sqlite3.Error, UsageError):
            database.close()
            raise
        self._database, self._key = database, None
        self.inode = os.stat(self._path).st_ino
        return database

    def _disconnect(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = None

    def _failed(self, error: sqlite3.Error, at: float) -> None:
        self._disconnect()
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED:
            self._set_aside(str(error))
            try:
                self._write()
            except sqlite3.Error as again:
                error = again
            else:
                return
        if not self.trouble:
            _log.error("the ring cannot be written, ticks are kept in memory: %s", error)
        self.trouble = str(error)
        self._retry_at = at + _RETRY

    def _set_aside(self, cause: str) -> None:
        """Rename the file and its log to ring.db.N.bad; the oldest of too many goes."""
        folder, name = os.path.split(self._path)
        pattern = re.compile(re.escape(name) + r"\.(\d+)\.bad")
        old = sorted(int(match[1]) for entry in os.listdir(folder) if (match := pattern.fullmatch(entry)))
        target = f"{self._path}.{old[-1] + 1 if old else 1}.bad"
        try:
            for suffix in _FILES:
                if os.path.lexists(self._path + suffix):
                    os.rename(self._path + suffix, target + suffix)
            for number in old[: max(0, len(old) + 1 - _BAD_FILES)]:
                for suffix in _FILES:
                    with suppress(FileNotFoundError):
                        os.unlink(f"{self._path}.{number}.bad{suffix}")
        except OSError as error:
            _log.error("the damaged ring could not be set aside: %s", error)
            return
        self.damaged += 1
        _log.warning("the ring was damaged (%s): set aside as %s, a new one is started", cause, target)

    def _write(self) -> None:
        """Commit all that waits. Raises sqlite3.Error; then nothing of it is written."""
        database = self._connect()
        key = self._key
        database.execute("BEGIN IMMEDIATE")
        try:
            for frame in self._waiting:
                key = self._insert(database, frame, key)
            database.execute("COMMIT")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                database.execute("ROLLBACK")
            raise
        if self.trouble:
            _log.info("the ring can be written again: %d ticks that waited are in it", len(self._waiting))
        self._key, self.trouble = key, ""
        before = self._written // _TRIM_EVERY
        self._written += len(self._waiting)
        self._waiting.clear()
        if self._written // _TRIM_EVERY != before:
            self._trim(database)

    def _insert(self, database: sqlite3.Connection, frame: Frame, key: _Key | None) -> _Key:
        same = key is not None and key.layout == frame.layout
        layout_id = key.layout_id if key and same else layout_id_of(database, frame.layout)
        last = database.execute("SELECT max(seq) FROM tick").fetchone()[0] or 0
        seq = last + 1
        if key is None or key.layout_id != layout_id or seq - key.seq >= _KEY_EVERY:
            key = _Key(seq, frame.layout, layout_id, frame.values)
        blob = encode(frame.values, b"" if key.seq == seq else key.values)
        row = (seq, key.seq, layout_id, frame.at, frame.wall, blob)
        database.execute("INSERT INTO tick VALUES (?, ?, ?, ?, ?, ?)", row)
        if frame.episodes is not None:
            store(database, frame.episodes, frame.wall)
        return key

    def _trim(self, database: sqlite3.Connection) -> None:
        """Retention by count, not by time of day: a clock that jumps must not empty the ring."""
        first, last = database.execute("SELECT min(seq), max(seq) FROM tick").fetchone()
        cutoff = last - self._ticks
        page, pages, free = (
            database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "page_count", "freelist_count")
        )
        if (pages - free) * page > self._size:
            cutoff = max(cutoff, first + (last - first) // 8)
        if cutoff <= first:
            return
        database.execute(
            "DELETE FROM tick WHERE seq < (SELECT key FROM tick WHERE seq >= ? ORDER BY seq LIMIT 1)",
            (cutoff,),
        )
        database.execute("DELETE FROM layout WHERE NOT EXISTS (SELECT 1 FROM tick WHERE layout = layout.id)")
        database.execute("DELETE FROM finding WHERE ended < (SELECT wall FROM tick ORDER BY seq LIMIT 1)")
        database.execute("PRAGMA incremental_vacuum(1024)").fetchall()
