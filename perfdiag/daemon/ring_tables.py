"""The ring file: its tables and version, and what is stored in them.

One row of `tick` is one snapshot; `key` is the row that its blob is XORed with (itself for a key frame), see
`frames`. A row of `finding` is one episode: `ended` is NULL while it lasts.
"""

import sqlite3
from typing import NamedTuple

from perfdiag.daemon.frames import Layout, encode_layout
from perfdiag.errors import UsageError

NAME = "ring.db"
APPLICATION_ID = 0x50464452  # 'PFDR'
VERSION = 1

_LAYOUT = "CREATE TABLE layout (id INTEGER PRIMARY KEY, series BLOB NOT NULL UNIQUE)"
_TICK = (
    "CREATE TABLE tick (seq INTEGER PRIMARY KEY, key INTEGER NOT NULL, layout INTEGER NOT NULL,"
    " at REAL NOT NULL, wall REAL NOT NULL, vals BLOB NOT NULL)"
)
_FINDING = (
    "CREATE TABLE finding (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL,"
    " severity INTEGER NOT NULL, score REAL NOT NULL, peak REAL NOT NULL, summary TEXT NOT NULL,"
    " began REAL NOT NULL, seen REAL NOT NULL, ended REAL)"
)
TABLES = (_LAYOUT, _TICK, _FINDING, "CREATE INDEX tick_layout ON tick (layout)")


class Episode(NamedTuple):
    """A host finding that holds now; `severity` as in diagnosis.Severity, `score` 0..100."""

    kind: str
    subject: str
    severity: int
    score: float
    summary: str


class Frame(NamedTuple):
    """One tick. `at` is monotonic, `wall` since 1970; `values` as in frames.values_of; `episodes` is None in
    a tick in which the rules were not evaluated."""

    at: float
    wall: float
    layout: Layout
    values: bytes
    episodes: tuple[Episode, ...] | None = None


def create(database: sqlite3.Connection) -> None:
    """Make the tables of an empty file."""
    database.execute("PRAGMA auto_vacuum=INCREMENTAL")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("BEGIN")
    for table in TABLES:
        database.execute(table)
    database.execute(f"PRAGMA application_id={APPLICATION_ID}")
    database.execute(f"PRAGMA user_version={VERSION}")
    database.execute("COMMIT")


def check(database: sqlite3.Connection, path: str) -> None:
    """Raises UsageError when the file is not a ring that we can read."""
    if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise UsageError(f"{path} is not a ring of perfdiag", fix="choose another --data-dir")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise UsageError(
            f"{path} was written by a newer perfdiag",
            cause=f"its version is {version}, this one reads up to {VERSION}",
            fix="upgrade perfdiag, or choose another --data-dir",
        )


def layout_id_of(database: sqlite3.Connection, layout: Layout) -> int:
    """The number of a layout, which is stored when it is new."""
    blob = encode_layout(layout)
    row = database.execute("SELECT id FROM layout WHERE series = ?", (blob,)).fetchone()
    if row is None:
        return database.execute("INSERT INTO layout (series) VALUES (?)", (blob,)).lastrowid or 0
    return int(row[0])


def store(database: sqlite3.Connection, episodes: tuple[Episode, ...], wall: float) -> None:
    """Open, prolong and end episodes so that exactly `episodes` are open."""
    for episode in episodes:
        where = (episode.kind, episode.subject)
        changed = database.execute(
            "UPDATE finding SET seen = ?, severity = ?, peak = max(peak, score, ?), score = ?, summary = ?"
            " WHERE ended IS NULL AND kind = ? AND subject = ?",
            (wall, episode.severity, episode.score, episode.score, episode.summary, *where),
        ).rowcount
        if not changed:
            database.execute(
                "INSERT INTO finding (kind, subject, severity, score, peak, summary, began, seen)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*where, episode.severity, episode.score, episode.score, episode.summary, wall, wall),
            )
    database.execute("UPDATE finding SET ended = ? WHERE ended IS NULL AND seen <> ?", (wall, wall))
