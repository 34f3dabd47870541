"""The tables of a recording file, and the limits within which a file is read.

A closed recording is one SQLite file. Everything in it comes in chunks `start .. start + count` of a list or
a column; one that was closed has one chunk of each, one whose writer was killed has one per commit.
"""

from perfdiag.model import Cost, Fault, Frame, Meta, Object, Process, Request, Sample, Snapshot, Thread
from perfdiag.ticks import GIL_COLUMNS, ROW_COLUMNS, TICK_COLUMNS

APPLICATION_ID = 0x50464447  # 'PFDG', bytes 68..71 of the file
VERSION = 1  # PRAGMA user_version

TABLES = (
    # one row: zlib JSON {"closed", "layout": {record: [field, ...]}, "meta": [value, ...]}
    "CREATE TABLE meta (id INTEGER PRIMARY KEY, value BLOB NOT NULL)",
    # zlib JSON: a list of `count` records, each a list of values in the order of `layout`
    """CREATE TABLE records (id INTEGER PRIMARY KEY, kind TEXT NOT NULL,
    start INTEGER NOT NULL, count INTEGER NOT NULL, value BLOB NOT NULL)""",
    # storage.columns
    """CREATE TABLE columns (id INTEGER PRIMARY KEY, part TEXT NOT NULL, name TEXT NOT NULL,
    start INTEGER NOT NULL, count INTEGER NOT NULL, value BLOB NOT NULL)""",
)

# `records.kind`: the lists of a Recording. A stack is a list of indices into `frames`.
RECORDS = {
    "snapshots": Snapshot,
    "processes": Process,
    "threads": Thread,
    "objects": Object,
    "frames": Frame,
    "stacks": tuple[int, ...],
}
# The records whose field names stand in `layout`: a field that an older file lacks takes its default, one
# that a newer file adds is passed over.
LAYOUT = (Meta, Cost, Snapshot, Sample, Request, Fault, Process, Thread, Object, Frame)

# `columns.part`; PLAIN columns differ from the row above, all others from the last row of the same thread
PARTS = {"ticks": TICK_COLUMNS, "rows": ROW_COLUMNS, "gil": GIL_COLUMNS}
PLAIN = frozenset({"tick", "process", "tid", "at_ns"})

FILE_LIMIT = 256 << 20  # bytes, write-ahead log included
BLOB_LIMIT = 64 << 20  # bytes of one stored value
JSON_LIMIT = 128 << 20  # bytes of all inflated JSON
COLUMN_LIMIT = 512 << 20  # bytes of all inflated columns: five million rows
CHUNK_LIMIT = 1 << 18  # rows of a table: twenty columns and lists, once a second for hours
