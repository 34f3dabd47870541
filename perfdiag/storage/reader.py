"""Reading a recording, which may come from anyone.

The file is opened read-only, must have exactly the tables that perfdiag makes, and is read within the limits
of `schema`; every value is checked against the record that it becomes, every id against the list that it
points into. Whatever is wrong becomes a UsageError.
"""

import os
import sqlite3
import stat
import zlib
from collections import defaultdict
from collections.abc import Sized
from contextlib import closing
from dataclasses import replace
from typing import Any

from perfdiag.errors import UsageError
from perfdiag.model import Cost, Meta
from perfdiag.recording import Recording
from perfdiag.storage import columns, records
from perfdiag.storage.references import check_ids, restored_stacks
from perfdiag.storage.schema import (
    APPLICATION_ID,
    BLOB_LIMIT,
    CHUNK_LIMIT,
    COLUMN_LIMIT,
    FILE_LIMIT,
    JSON_LIMIT,
    LAYOUT,
    PARTS,
    PLAIN,
    RECORDS,
    TABLES,
    VERSION,
)
from perfdiag.storage.writer import uri
from perfdiag.ticks import Columns, Ticks

_MAGIC = b"SQLite format 3\0"
_WAL = 2  # bytes 18 and 19 of the file: written with a write-ahead log, which the writer may have left behind
_STEPS = 50_000_000  # of SQLite's virtual machine, for the whole file
_UNCLOSED = "the recording was not closed"


def load(path: str) -> Recording:
    """The recording at `path`; of one whose writer was killed, what it had committed."""
    header = _header(path)
    live = header[18] == _WAL and os.path.exists(path + "-wal")
    try:
        # immutable: no lock, no log and no other file is made or looked at
        query = "mode=ro" if live else "mode=ro&immutable=1"
        with closing(sqlite3.connect(uri(path, query), uri=True, isolation_level=None)) as connection:
            _restrict(connection)
            _check_schema(path, connection)
            return _Reader(connection).recording()
    except (sqlite3.Error, zlib.error, ValueError, RecursionError, OverflowError) as error:
        raise UsageError(
            f"cannot read {path}",
            cause=f"the recording is damaged: {error}",
            fix="record again; a copy must be made after `perfdiag record` has ended",
        ) from error


def _header(path: str) -> bytes:
    """The first 100 bytes. Raises UsageError unless it is a regular file of a possible size."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            regular = stat.S_ISREG(status.st_mode)
            header = os.read(descriptor, 100) if regular else b""
        finally:
            os.close(descriptor)
        log = os.stat(path + "-wal").st_size if os.path.exists(path + "-wal") else 0
    except (OSError, ValueError) as error:
        cause = os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)
        raise UsageError(f"cannot read {path!r}", cause=cause, fix="give the path of a recording") from error
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise _not_a_recording(path)
    if status.st_size + log > FILE_LIMIT:
        raise UsageError(
            f"cannot read {path}",
            cause=f"it is larger than {FILE_LIMIT >> 20} MiB",
            fix="record for a shorter time or at a lower rate",
        )
    return header


def _not_a_recording(path: str) -> UsageError:
    return UsageError(
        f"cannot read {path}",
        cause="it is not a perfdiag recording",
        fix="make one with `perfdiag record -p PID -o run.perfdiag`",
    )


def _restrict(connection: sqlite3.Connection) -> None:
    left = [_STEPS // 10_000]

    def spent() -> bool:
        left[0] -= 1
        return left[0] < 0

    connection.set_progress_handler(spent, 10_000)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, BLOB_LIMIT)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _check_schema(path: str, connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise _not_a_recording(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise UsageError(
            f"cannot read {path}",
            cause=f"a newer perfdiag wrote it (format {version}, this one reads {VERSION})",
            fix="upgrade perfdiag",
        )
    # equal to the letter: no view, trigger, index, virtual table or computed column can be in it
    if {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master LIMIT 10")} != set(TABLES):
        raise ValueError("its tables are not those of a recording")


def _counted(recording: Recording) -> Cost:
    """The cost as far as it is known when nobody was left to write it: the ticks there are, and should be."""
    low, high = recording.window
    planned = round((high - low) * recording.meta.rate)
    return replace(recording.meta.cost, planned=max(1, planned), made=len(recording.ticks.ticks))


class _Reader:
    """Reads the tables of one connection, within one budget."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._left = {"json": JSON_LIMIT, "columns": COLUMN_LIMIT}

    def recording(self) -> Recording:
        meta, decoder = self._meta()
        lists = self._records(decoder)
        recording = Recording(
            meta=meta,
            snapshots=lists["snapshots"],
            processes=lists["processes"],
            threads=lists["threads"],
            objects=lists["objects"],
            stacks=restored_stacks(lists["stacks"], lists["frames"]),
            ticks=self._ticks(),
        )
        check_ids(recording)
        if meta.ended == _UNCLOSED:
            recording.meta = replace(meta, cost=_counted(recording))
        return recording

    def _inflate(self, kind: str, blob: object) -> bytes:
        if not isinstance(blob, bytes):
            raise ValueError("a stored value has the wrong type")
        inflater = zlib.decompressobj()
        content = inflater.decompress(blob, self._left[kind] + 1)
        self._left[kind] -= len(content)
        if self._left[kind] < 0:
            raise ValueError("it inflates beyond the limit")
        if not inflater.eof or inflater.unused_data:
            raise ValueError("a stored value is cut off or too long")
        return content

    def _meta(self) -> tuple[Meta, records.Decoder]:
        rows = self._connection.execute("SELECT value FROM meta LIMIT 2").fetchall()
        if len(rows) != 1:
            raise ValueError("it has no description")
        content = records.from_json(self._inflate("json", rows[0][0]))
        if not isinstance(content, dict) or not content.keys() >= {"closed", "layout", "meta"}:
            raise ValueError("its description is incomplete")
        layout = content["layout"]
        if not isinstance(layout, dict) or not {record.__name__ for record in LAYOUT} <= layout.keys():
            raise ValueError("its description is incomplete")
        texts = records.Decoder({})
        decoder = records.Decoder({name: texts.decode(tuple[str, ...], layout[name]) for name in layout})
        meta: Meta = decoder.decode(Meta, content["meta"])
        if content["closed"] is not True and not meta.ended:
            meta = replace(meta, ended=_UNCLOSED)
        return meta, decoder

    def _records(self, decoder: records.Decoder) -> dict[str, list[Any]]:
        lists: dict[str, list[Any]] = {kind: [] for kind in RECORDS}
        query = "SELECT kind, start, count, value FROM records ORDER BY id LIMIT ?"
        for kind, start, count, blob in self._connection.execute(query, (CHUNK_LIMIT,)):
            if kind not in lists or not _follows(start, lists[kind]):
                raise ValueError("a list has a gap")
            items = records.from_json(self._inflate("json", blob))
            if not isinstance(items, list) or len(items) != count:
                raise ValueError(f"{kind} are incomplete")
            lists[kind] += [decoder.decode(RECORDS[kind], item) for item in items]
        return lists

    def _ticks(self) -> Ticks:
        ticks = Ticks()
        tables: dict[str, Columns] = {"ticks": ticks.ticks, "rows": ticks.rows, "gil": ticks.gil}
        keys: list[tuple[int, int]] = []
        query = "SELECT part, name, start, count, value FROM columns ORDER BY id LIMIT ?"
        expected = defaultdict[str, int](int)
        for part, name, start, count, blob in self._connection.execute(query, (CHUNK_LIMIT,)):
            if part not in PARTS or name != PARTS[part][expected[part]]:
                raise ValueError("a column is missing")
            if not _follows(start, tables[part][name]):
                raise ValueError("a column has a gap")
            expected[part] = (expected[part] + 1) % len(PARTS[part])
            plain = part != "rows" or name in PLAIN
            column = columns.decode(self._inflate("columns", blob), None if plain else keys)
            if len(column) != count:
                raise ValueError(f"column {name} is incomplete")
            tables[part][name].extend(column)
            if part == "rows" and name == "tid":
                keys = list(zip(tables[part]["process"][start:], column, strict=True))
        if any(expected.values()):
            raise ValueError("a column is missing")
        return ticks


def _follows(start: object, before: Sized) -> bool:
    return isinstance(start, int) and start == len(before)
