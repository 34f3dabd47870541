"""A recording from elsewhere is hostile: it loads, or a UsageError says why not."""

import json
import os
import random
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import pytest

from perfdiag.errors import FaultKind, UsageError
from perfdiag.model import Fault, Object, ObjectType, Snapshot, Thread
from perfdiag.recording import Recording
from perfdiag.storage import load, reader, records, save
from tests.storage.synthetic import META, contents, empty_recording, grow


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("intact") / "run.perfdiag"
    recording = empty_recording(2)
    grow(recording, random.Random(3), seconds=1, threads=2)
    save(recording, str(path))
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, intact: bytes) -> Path:
    path = tmp_path / "run.perfdiag"
    path.write_bytes(intact)
    return path


def refusal(path: Path) -> str:
    """Why `path` is refused; fails when it is not, or with anything but a UsageError."""
    with pytest.raises(UsageError) as caught:
        load(str(path))
    assert caught.value.fix
    return caught.value.cause


def loads_or_is_refused(path: Path) -> Recording | None:
    try:
        return load(str(path))
    except UsageError:
        return None


def changed(path: Path, *changes: str | tuple[str, tuple[object, ...]]) -> Path:
    with sqlite3.connect(path) as connection:
        for change in changes:
            connection.execute(*((change,) if isinstance(change, str) else change))
    connection.close()
    return path


def test_a_recording_cut_off_anywhere_is_refused(path: Path, intact: bytes) -> None:
    for length in range(0, len(intact), 509):
        path.write_bytes(intact[:length])
        assert refusal(path)


def test_a_recording_with_any_byte_changed_loads_or_is_refused(path: Path, intact: bytes) -> None:
    generator, refused = random.Random(11), 0
    positions = [*range(100), *generator.sample(range(100, len(intact)), 300)]
    for position in positions:
        broken = bytearray(intact)
        broken[position] ^= 1 << generator.randrange(8)
        path.write_bytes(broken)
        refused += loads_or_is_refused(path) is None
    assert refused > 200  # deflate sums catch what SQLite does not


def test_a_recording_with_a_page_of_noise_loads_or_is_refused(path: Path, intact: bytes) -> None:
    generator = random.Random(12)
    for start in range(0, len(intact), 1024):
        path.write_bytes(intact[:start] + generator.randbytes(1024) + intact[start + 1024 :])
        loads_or_is_refused(path)


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 4096, b"SQLite format 3\0", b'{"schema": 1}' * 99])
def test_another_file_is_not_a_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    assert "it is not a perfdiag recording" == refusal(path)


def test_another_database_is_not_a_recording(tmp_path: Path) -> None:
    assert "it is not a perfdiag recording" == refusal(changed(tmp_path / "other", "CREATE TABLE a (b)"))


def test_a_newer_format_is_said_to_be_newer(path: Path) -> None:
    cause = refusal(changed(path, "PRAGMA user_version=2"))
    assert "a newer perfdiag wrote it (format 2, this one reads 1)" == cause


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END",
        "CREATE TABLE more (id)",
        "CREATE INDEX i ON records (kind)",
        "DROP TABLE columns",
        "ALTER TABLE meta ADD COLUMN more AS (hex(id))",
    ],
)
def test_no_table_but_its_own_is_accepted(path: Path, statement: str) -> None:
    assert "its tables are not those of a recording" in refusal(changed(path, statement))


def test_a_view_in_the_place_of_a_table_is_not_read(path: Path) -> None:
    view = "CREATE VIEW records AS SELECT 1 AS id, 'objects' AS kind, 0 AS start, 0 AS count, x'' AS value"
    assert "its tables are not" in refusal(changed(path, "DROP TABLE records", view))


def test_a_small_blob_that_inflates_without_end_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "JSON_LIMIT", 1 << 20)
    bomb = zlib.compress(b" " * (reader.JSON_LIMIT + 2))
    change = ("UPDATE records SET value = ? WHERE kind = 'objects'", (bomb,))
    assert "it inflates beyond the limit" in refusal(changed(path, change))


def test_a_file_above_the_limit_is_refused_unread(path: Path) -> None:
    os.truncate(path, reader.FILE_LIMIT + 1)
    assert "it is larger than 256 MiB" == refusal(path)


def test_a_giant_blob_is_refused(path: Path) -> None:
    change = f"UPDATE meta SET value = zeroblob({reader.BLOB_LIMIT + 1})"
    assert "too big" in refusal(changed(path, change))


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode())


REPLACE = "UPDATE records SET count = 1, value = ? WHERE kind = ?"
RECORDS: dict[str, Any] = {
    "objects": Object(id=0, type=ObjectType.TCP, name="x"),
    "threads": Thread(process=0, tid=1, name="x", main=True),
    "snapshots": Snapshot(at=1.0, wall=1.0, faults=(Fault(source="x", kind=FaultKind.LATE, detail=""),)),
}


def row(kind: str, **changes: object) -> str:
    """One record of this kind as it is stored, with `changes` to its fields."""
    names = records.layout([type(RECORDS[kind])]).popitem()[1]
    values = dict(zip(names, records.encode(RECORDS[kind]), strict=True)) | changes
    return json.dumps([list(values.values())])


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_in_the_place_of_another_is_accepted(path: Path, kind: str) -> None:
    changes = [(REPLACE, (_packed(row(kind)), kind)), "DELETE FROM columns"]
    assert [RECORDS[kind]] == getattr(load(str(changed(path, *changes))), kind)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("objects", row("objects", id=1)),
        ("objects", row("objects", id=True)),
        ("objects", row("objects", id=float("nan"))),
        ("objects", row("objects", id=0.0)),
        ("objects", row("objects", type="other-type")),
        ("objects", row("objects", name=7)),
        ("objects", row("objects", name=None)),
        ("objects", row("objects", served=0)),
        ("objects", row("objects")[:-3] + "]]"),
        ("objects", row("objects", more=1)),
        ("objects", '{"id":0}'),
        ("objects", "[" * 100_000),
        ("objects", "[[" + "9" * 5000 + "]]"),
        ("objects", '[["\xff'),
        ("objects", "[]"),
        ("threads", row("threads", process=1)),
        ("threads", row("threads", process=-1)),
        ("threads", row("threads", tid=1 << 64)),
        ("stacks", "[[9999]]"),
        ("stacks", "[[-1]]"),
        ("snapshots", row("snapshots").replace("1.0", "1e999", 1)),
        ("snapshots", row("snapshots", at=float("inf"))),
        ("snapshots", row("snapshots", faults=[["x", "late"]])),
    ],
)
def test_values_that_do_not_fit_their_record_are_refused(path: Path, kind: str, text: str) -> None:
    changes = [(REPLACE, (_packed(text), kind)), "DELETE FROM columns"]
    assert "the recording is damaged" in refusal(changed(path, *changes))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"closed":true,"layout":{},"meta":[]}',
        '{"closed":true,"layout":{"Meta":7},"meta":[]}',
        '{"closed":true,"layout":[],"meta":[]}',
    ],
)
def test_a_description_that_is_none_is_refused(path: Path, text: str) -> None:
    change = ("UPDATE meta SET value = ?", (_packed(text),))
    assert "the recording is damaged" in refusal(changed(path, change))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE columns SET value = 'text' WHERE name = 'at_ns'",
        "UPDATE columns SET value = x'00' WHERE name = 'cpu_ns'",
        "UPDATE columns SET value = value || x'00' WHERE name = 'cpu_ns'",
        "UPDATE columns SET start = 1 WHERE name = 'cpu_ns'",
        "UPDATE columns SET start = 0.0, count = 1.5",
        "UPDATE columns SET count = 5 WHERE name = 'cpu_ns'",
        "UPDATE columns SET name = 'stime' WHERE name = 'cpu_ns'",
        "UPDATE columns SET part = 'rows2'",
        "DELETE FROM columns WHERE name = 'call'",
        "DELETE FROM columns WHERE id = (SELECT max(id) FROM columns)",
        "DELETE FROM columns WHERE part = 'ticks'",
        "DELETE FROM records WHERE kind = 'stacks'",
        "DELETE FROM records WHERE kind = 'frames'",
        "DELETE FROM records WHERE kind = 'objects'",
        "DELETE FROM records WHERE kind = 'processes'",
        "UPDATE records SET start = 1",
        "UPDATE records SET start = 0.0, kind = 7",
        "INSERT INTO records SELECT id + 100, kind, start, count, value FROM records",
        "DELETE FROM meta",
        "INSERT INTO meta SELECT 2, value FROM meta",
        "UPDATE columns SET value = (SELECT value FROM columns WHERE name = 'cpu_ns') WHERE name = 'object'",
        "UPDATE columns SET value = (SELECT value FROM columns WHERE name = 'cpu_ns') WHERE name = 'tid'",
    ],
)
def test_tables_that_do_not_fit_together_are_refused(path: Path, statement: str) -> None:
    assert "the recording is damaged" in refusal(changed(path, statement))


def test_ticks_that_go_back_in_time_are_refused(tmp_path: Path) -> None:
    recording = empty_recording(1)
    recording.ticks.ticks.append(2, 0)
    recording.ticks.ticks.append(1, 0)
    save(recording, str(tmp_path / "run"))
    assert "its times are not in order" in refusal(tmp_path / "run")


def test_snapshots_that_go_back_in_time_are_refused(tmp_path: Path) -> None:
    recording = empty_recording(1)
    recording.snapshots += [Snapshot(at=at, wall=0.0) for at in (5.0, -1e12, 6.0)]
    save(recording, str(tmp_path / "run"))
    assert "its times are not in order" in refusal(tmp_path / "run")


@pytest.mark.parametrize("name", ["nothing", "a\0b", "x" * 300, "folder"])
def test_a_path_without_a_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    assert refusal(tmp_path / name)


def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert "it is not a perfdiag recording" == refusal(tmp_path / "fifo")


@pytest.mark.parametrize("name", ["a b?mode=rwc#x%00", "täg.perfdiag", "-x'\""])
def test_a_strange_name_is_no_hindrance(tmp_path: Path, name: str) -> None:
    recording = empty_recording(1)
    save(recording, str(tmp_path / name))
    assert contents(recording) == contents(load(str(tmp_path / name)))


def test_reading_changes_nothing_beside_the_file(path: Path, intact: bytes) -> None:
    Path(f"{path}-wal").write_bytes(b"planted")
    load(str(path))
    assert intact == path.read_bytes()
    assert {"run.perfdiag", "run.perfdiag-wal"} == {entry.name for entry in path.parent.iterdir()}


def test_a_field_that_an_older_file_lacks_takes_its_default(path: Path) -> None:
    """And one that a newer file adds is passed over."""
    with sqlite3.connect(path) as connection:
        content = json.loads(zlib.decompress(connection.execute("SELECT value FROM meta").fetchone()[0]))
    connection.close()
    content["layout"]["Object"] = ["id", "shape", "type", "name"]
    changes = [
        ("UPDATE meta SET value = ?", (_packed(json.dumps(content)),)),
        (REPLACE, (_packed('[[0,"future","tcp","x"]]'), "objects")),
        "DELETE FROM columns",
    ]
    read = load(str(changed(path, *changes)))
    assert [Object(id=0, type=ObjectType.TCP, name="x")] == read.objects
    assert META == read.meta
