"""The ring file: its tables and version, and what is stored in them.

One row of `tick` is one snapshot; `key` is the row that its blob is XORed with (itself for a key frame), see
`frames`. A row of `finding` is one episode: `ended` is NULL while it lasts.
"""

from typing import NamedTuple

from perfdiag.daemon.frames import Layout

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
