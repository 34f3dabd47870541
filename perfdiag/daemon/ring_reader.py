"""Reading the ring while it is written: many readers, none of which can change it.

The connection stays open: a process that opened it and then gave up its rights can read on.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from perfdiag.daemon.frames import Layout, decode, decode_layout, samples_of
from perfdiag.daemon.ring_tables import Episode
from perfdiag.errors import Broken, NoData
from perfdiag.model import Snapshot

_NEWEST = "SELECT seq, key, layout, at, wall, vals FROM tick ORDER BY seq DESC LIMIT 1"
_BETWEEN = "SELECT seq, key, layout, at, wall, vals FROM tick WHERE wall BETWEEN ? AND ? ORDER BY seq"
_ACTIVE = "SELECT kind, subject, severity, score, summary FROM finding WHERE ended IS NULL ORDER BY id"


class Spell(NamedTuple):
    """One episode of a finding in the past; times since 1970, `ended` None while it lasts."""

    episode: Episode
    peak: float
    began: float
    ended: float | None


class RingReader:
    """Raises NoData when there is nothing to read, Broken when what there is cannot be understood."""

    def __init__(self, path: str) -> None:
        # readonly_shm: the index that readers share with the writer is mapped without the right to write
        uri = f"file:{quote(path)}?mode=ro&readonly_shm=1"
        try:
            self._database = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0.2)
            self._database.execute("PRAGMA trusted_schema=OFF")
            self._database.execute("PRAGMA cache_size=-256")
            self._database.execute("SELECT max(seq) FROM tick").fetchone()  # opens the log and its index
        except sqlite3.Error as error:
            raise NoData(f"{path}: {error}") from error
        self._layout: tuple[int, Layout] = (-1, ())
        self._key: tuple[int, bytes] = (-1, b"")

    def close(self) -> None:
        self._database.close()

    def newest(self) -> tuple[int, Snapshot]:
        """The number of the last tick, and the tick."""
        try:
            row = self._database.execute(_NEWEST).fetchone()
            if row is None:
                raise NoData("the ring is empty")
            return row[0], self._snapshot(row)
        except (sqlite3.Error, ValueError, zlib.error) as error:
            raise Broken(f"the ring cannot be read: {error}") from error

    def between(self, start: float, stop: float) -> Iterator[Snapshot]:
        """The ticks of a span of wall time, in the order in which they were made."""
        try:
            for row in self._database.execute(_BETWEEN, (start, stop)):
                yield self._snapshot(row)
        except (sqlite3.Error, ValueError, zlib.error) as error:
            raise Broken(f"the ring cannot be read: {error}") from error

    def active(self) -> list[Episode]:
        """The findings that hold now."""
        try:
            return [Episode(*row) for row in self._database.execute(_ACTIVE)]
        except sqlite3.Error as error:
            raise Broken(f"the ring cannot be read: {error}") from error

    def history(self, start: float, stop: float) -> list[Spell]:
        """The findings that held at some time of a span of wall time, oldest first."""
        query = (
            "SELECT kind, subject, severity, score, summary, peak, began, ended FROM finding"
            " WHERE began <= ? AND coalesce(ended, seen) >= ? ORDER BY began"
        )
        try:
            rows = self._database.execute(query, (stop, start)).fetchall()
        except sqlite3.Error as error:
            raise Broken(f"the ring cannot be read: {error}") from error
        return [Spell(Episode(*row[:5]), *row[5:]) for row in rows]

    def _snapshot(self, row: tuple[int, int, int, float, float, bytes]) -> Snapshot:
        seq, key, layout, at, wall, blob = row
        if layout != self._layout[0]:
            found = self._database.execute("SELECT series FROM layout WHERE id = ?", (layout,)).fetchone()
            if found is None:
                raise ValueError(f"layout {layout} is missing")
            self._layout = (layout, decode_layout(found[0]))
        if key != seq and key != self._key[0]:
            found = self._database.execute("SELECT vals FROM tick WHERE seq = ?", (key,)).fetchone()
            if found is None:
                raise ValueError(f"key frame {key} is missing")
            self._key = (key, decode(found[0], b""))
        values = decode(blob, b"" if key == seq else self._key[1])
        return Snapshot(at=at, wall=wall, samples=samples_of(self._layout[1], values))
