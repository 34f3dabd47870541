"""Writing a recording: at once, or while it grows."""

import os
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from urllib.parse import quote

from perfdiag.errors import PerfdiagError, TargetError, UsageError
from perfdiag.host.files import is_stream, write_atomically
from perfdiag.model import Frame, Meta
from perfdiag.recording import Recording
from perfdiag.storage import columns, records
from perfdiag.storage.schema import APPLICATION_ID, LAYOUT, PARTS, PLAIN, TABLES, VERSION
from perfdiag.ticks import Columns


def save(recording: Recording, path: str) -> None:
    """Writes the whole recording, atomically, mode 0600; see `write_atomically` for what it raises."""
    write_atomically(path, to_bytes(recording))
    _remove_log(path)


def to_bytes(recording: Recording) -> bytes:
    """The recording as a closed file."""
    with closing(_empty(recording.meta, closed=True)) as connection:
        Appender(connection).append(recording)
        return connection.serialize()


class Writer:
    """A recording file that grows with its recording.

    After each `commit` the file at `path` can be read by others, and still can when this process is killed;
    `close` replaces it by one compact file. A stream is written at `close` only.
    """

    def __init__(self, path: str, meta: Meta) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        if is_stream(path):
            return
        with closing(_empty(meta, closed=False)) as empty:
            write_atomically(path, empty.serialize())
        _remove_log(path)
        try:
            self._connection = sqlite3.connect(uri(path, "mode=rw"), uri=True, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
        except sqlite3.Error as error:
            raise self._lost(error) from error
        self._appender = Appender(self._connection)

    def commit(self, recording: Recording) -> None:
        """Writes what was added since the last commit. Raises TargetError once when that fails (disk full);
        later calls then do nothing, and `close` tries again with everything."""
        if self._connection is None:
            return
        try:
            self._connection.execute("BEGIN")
            self._appender.append(recording)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._lost(error) from error

    def close(self, recording: Recording) -> None:
        """Writes the final file, with the final `meta`."""
        self._disconnect()
        save(recording, self._path)

    def _lost(self, error: sqlite3.Error) -> TargetError:
        self._disconnect()
        return TargetError(
            f"could not write all of {self._path}", cause=str(error), fix="free some space and run again"
        )

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()  # rolls back, and folds the write-ahead log into the file
            self._connection = None


class Appender:
    """Inserts what a recording has gained since the last call into the tables of `connection`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._written: defaultdict[str, int] = defaultdict(int)
        self._frames: dict[Frame, int] = {}

    def append(self, recording: Recording) -> None:
        self._records("snapshots", recording.snapshots)
        self._records("processes", recording.processes)
        self._records("threads", recording.threads)
        self._records("objects", recording.objects)
        stacks = [
            [self._frames.setdefault(frame, len(self._frames)) for frame in stack.frames]
            for stack in recording.stacks[self._written["stacks"] :]
        ]
        self._records("frames", list(self._frames))
        self._insert_records("stacks", stacks)
        ticks = recording.ticks
        for part, table in (("ticks", ticks.ticks), ("rows", ticks.rows), ("gil", ticks.gil)):
            self._columns(part, table)

    def _records(self, kind: str, everything: Sequence[object]) -> None:
        self._insert_records(kind, [records.encode(item) for item in everything[self._written[kind] :]])

    def _insert_records(self, kind: str, new: Sequence[object]) -> None:
        if new:
            row = (kind, self._written[kind], len(new), _packed(new))
            self._connection.execute(
                "INSERT INTO records (kind, start, count, value) VALUES (?, ?, ?, ?)", row
            )
            self._written[kind] += len(new)

    def _columns(self, part: str, table: Columns) -> None:
        start, stop = self._written[part], len(table)
        if start == stop:
            return
        threads = None
        if part == "rows":
            threads = list(zip(table["process"][start:], table["tid"][start:], strict=True))
        for name in PARTS[part]:
            blob = columns.encode(table[name][start:stop], None if name in PLAIN else threads)
            self._connection.execute(
                "INSERT INTO columns (part, name, start, count, value) VALUES (?, ?, ?, ?, ?)",
                (part, name, start, stop - start, blob),
            )
        self._written[part] = stop


def _empty(meta: Meta, *, closed: bool) -> sqlite3.Connection:
    """A database in memory with the tables, and `meta`."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA page_size=1024")  # most tables hold a few short rows
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={VERSION}")
    for statement in TABLES:
        connection.execute(statement)
    content = {"closed": closed, "layout": records.layout(LAYOUT), "meta": records.encode(meta)}
    connection.execute("INSERT INTO meta (value) VALUES (?)", (_packed(content),))
    return connection


def _packed(value: object) -> bytes:
    try:
        return zlib.compress(records.to_json(value))
    except ValueError as error:
        raise PerfdiagError("the recording cannot be written", cause=str(error)) from error


def uri(path: str, query: str) -> str:
    """`path` for `sqlite3.connect(..., uri=True)`."""
    return f"file://{quote(os.fsencode(os.path.abspath(path)))}?{query}"


def _remove_log(path: str) -> None:
    """Removes what a killed writer left beside the file that was just replaced: SQLite would apply it to the
    new one. Not before, because until then it holds what was committed."""
    for suffix in ("-wal", "-shm", "-journal"):
        try:
            os.unlink(path + suffix)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot replace {path}", cause=str(error), fix="choose another path") from error
