"""The ring on a real disk: what was written is there, whatever happens to the file."""

import os
import resource
import signal
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from perfdiag.daemon.frames import Series
from perfdiag.daemon.ring import Ring
from perfdiag.daemon.ring_reader import RingReader
from perfdiag.daemon.ring_tables import Episode, Frame
from perfdiag.errors import NoData, UsageError
from perfdiag.model import Kind
from perfdiag.units import Unit

LAYOUT = tuple(Series("cpu.time", Unit.SECONDS, Kind.COUNTER, (("cpu", str(n)),)) for n in range(8))
DISK = Episode("host.disk", "host", 2, 75.0, "the disk is full")


def frame(
    number: int, episodes: tuple[Episode, ...] | None = None, layout: tuple[Series, ...] = LAYOUT
) -> Frame:
    values = struct.pack(f"<{len(layout)}d", *(number + n / 8 for n in range(len(layout))))
    return Frame(float(number), 1e9 + number, layout, values, episodes)


def ring(folder: Path, ticks: int = 1000, size: int = 1 << 20) -> Ring:
    return Ring(str(folder), ticks=ticks, size=size)


@contextmanager
def full_disk(limit: int = 4096) -> Iterator[None]:
    """The kernel refuses every write beyond `limit` bytes of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


def times(reader: RingReader) -> list[float]:
    return [snapshot.at for snapshot in reader.between(0, 1e12)]


def test_every_tick_can_be_read_while_the_ring_is_open(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer:
        for number in range(150):  # more than two key frames
            writer.append(frame(number))
        with closing(RingReader(writer.path)) as reader:
            number, snapshot = reader.newest()
            assert (150, 149.0) == (number, snapshot.at)
            assert [149 + n / 8 for n in range(8)] == [sample.value for sample in snapshot.samples]
            assert (("cpu", "3"),) == snapshot.samples[3].labels
            assert list(range(150)) == times(reader)


def test_a_reader_sees_ticks_that_are_written_after_it_opened(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer, closing(RingReader(writer.path)) as reader:
        with pytest.raises(NoData):
            reader.newest()
        writer.append(frame(1))
        assert 1.0 == reader.newest()[1].at


def test_a_new_series_starts_a_new_layout_and_old_ticks_stay_readable(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer:
        writer.append(frame(1))
        writer.append(frame(2, layout=LAYOUT[:3]))
        writer.append(frame(3))
        with closing(RingReader(writer.path)) as reader:
            assert [8, 3, 8] == [len(snapshot.samples) for snapshot in reader.between(0, 1e12)]
        rows = sqlite3.connect(writer.path).execute("SELECT count(*) FROM layout").fetchone()
        assert (2,) == rows


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from tests.daemon.test_ring import frame, ring;"
        f" r = ring(Path({str(tmp_path)!r})); [r.append(frame(n)) for n in range(70)];"
        " os.kill(os.getpid(), 9)"
    )
    root = Path(__file__).parent.parent.parent
    assert -9 == subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode
    with closing(ring(tmp_path)) as writer, closing(RingReader(writer.path)) as reader:
        assert list(range(70)) == times(reader)
        assert 0 == writer.damaged


def test_old_ticks_go_by_number_and_what_is_kept_can_be_read(tmp_path: Path) -> None:
    with closing(ring(tmp_path, ticks=100)) as writer:
        for number in range(400):
            writer.append(frame(number))
        with closing(RingReader(writer.path)) as reader:
            kept = times(reader)
    assert 399.0 == kept[-1]
    assert kept == list(range(int(kept[0]), 400))
    assert 100 <= len(kept) <= 100 + 2 * 60


def test_old_ticks_go_by_size(tmp_path: Path) -> None:
    wide = tuple(Series(os.urandom(20).hex(), Unit.COUNT, Kind.GAUGE, ()) for _ in range(100))
    with closing(ring(tmp_path, ticks=100_000, size=1 << 19)) as writer:
        for number in range(1800):
            values = os.urandom(800)
            writer.append(Frame(float(number), 1e9 + number, wide, values, None))
        assert (1 << 19) * 1.5 > os.stat(writer.path).st_size
        with closing(RingReader(writer.path)) as reader:
            assert 300 < len(times(reader)) < 1000


def test_a_clock_that_jumps_ten_years_ahead_does_not_empty_the_ring(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer:
        for number in range(130):
            jump = 3e8 if number > 60 else 0.0
            writer.append(frame(number)._replace(wall=1e9 + number + jump))
        with closing(RingReader(writer.path)) as reader:
            assert 130 == len(times(reader))


@pytest.mark.parametrize("content", [b"not a database at all" * 400, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_and_a_new_one_started(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ring.db").write_bytes(content)
    with closing(ring(tmp_path)) as writer:
        writer.append(frame(1))
        assert (1, "") == (writer.damaged, writer.trouble)
        with closing(RingReader(writer.path)) as reader:
            assert [1.0] == times(reader)
    assert content == (tmp_path / "ring.db.1.bad").read_bytes()


def test_a_page_that_breaks_while_we_write_sets_the_file_aside(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer:
        writer.append(frame(1))
        inode = writer.inode
    with closing(ring(tmp_path)) as writer:
        with open(writer.path, "r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (os.stat(writer.path).st_size - 4096))
        writer.append(frame(2))
        assert (1, "") == (writer.damaged, writer.trouble)
        assert inode != writer.inode
        with closing(RingReader(writer.path)) as reader:
            assert [2.0] == times(reader)


def test_only_the_last_three_damaged_files_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / "ring.db").write_text(f"damaged {number}" * 100)
        ring(tmp_path).close()
    assert ["ring.db.3.bad", "ring.db.4.bad", "ring.db.5.bad"] == sorted(
        name for name in os.listdir(tmp_path) if name.endswith(".bad")
    )


def test_a_directory_in_its_place_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "ring.db").mkdir()
    with closing(ring(tmp_path)) as writer:
        writer.append(frame(1))
        assert "" == writer.trouble
    assert (tmp_path / "ring.db.1.bad").is_dir()


def test_a_file_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    ring(tmp_path).close()
    database = sqlite3.connect(tmp_path / "ring.db")
    database.execute("PRAGMA user_version=99")
    database.close()
    before = (tmp_path / "ring.db").read_bytes()
    with pytest.raises(UsageError, match="newer perfdiag"):
        ring(tmp_path)
    assert before == (tmp_path / "ring.db").read_bytes()


def test_ticks_wait_in_memory_while_the_disk_is_full_and_are_written_afterwards(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer:
        writer.append(frame(0))
        with full_disk():
            for number in range(1, 20):
                writer.append(frame(number))
            assert 19 == writer.waiting
            assert "" != writer.trouble
        writer.append(frame(21))  # the retry is due five seconds after the last one
        writer.append(frame(26))
        assert (0, "", 0) == (writer.waiting, writer.trouble, writer.lost)
        with closing(RingReader(writer.path)) as reader:
            assert [*range(20), 21, 26] == times(reader)


def test_a_disk_that_is_full_at_the_start_does_not_stop_the_collection(tmp_path: Path) -> None:
    with full_disk(limit=0):
        writer = ring(tmp_path)
        writer.append(frame(1))
        assert (1, 0) == (writer.waiting, writer.inode)
    with closing(writer):
        writer.append(frame(10))
        assert 0 != writer.inode
        with closing(RingReader(writer.path)) as reader:
            assert [1.0, 10.0] == times(reader)


def test_the_oldest_of_too_many_waiting_ticks_are_dropped_and_counted(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer, full_disk():
        for number in range(650):
            writer.append(frame(number))
        assert (600, 50) == (writer.waiting, writer.lost)


def test_findings_are_episodes_with_a_beginning_and_an_end(tmp_path: Path) -> None:
    with closing(ring(tmp_path)) as writer, closing(RingReader(writer.path)) as reader:
        writer.append(frame(1, ()))
        writer.append(frame(5, (DISK,)))
        writer.append(frame(6))
        writer.append(frame(10, (DISK._replace(score=90.0),)))
        assert [DISK._replace(score=90.0)] == reader.active()
        writer.append(frame(15, ()))
        assert [] == reader.active()
        (spell,) = reader.history(1e9, 1e9 + 20)
        assert (1e9 + 5, 1e9 + 15, 90.0) == (spell.began, spell.ended, spell.peak)
        assert [] == reader.history(1e9 + 16, 1e9 + 20)


def test_an_episode_that_a_killed_daemon_left_open_ends_when_it_was_last_seen(tmp_path: Path) -> None:
    first = ring(tmp_path)
    first.append(frame(5, (DISK,)))
    first.close()
    with closing(ring(tmp_path)) as writer, closing(RingReader(writer.path)) as reader:
        assert [] == reader.active()
        assert [1e9 + 5] == [spell.ended for spell in reader.history(0, 1e12)]


def test_a_reader_that_stays_does_not_let_the_log_grow(tmp_path: Path) -> None:
    with closing(ring(tmp_path, size=1 << 24)) as writer, closing(RingReader(writer.path)) as reader:
        for number in range(1200):
            writer.append(frame(number))
            assert number == reader.newest()[1].at
        assert os.stat(writer.path + "-wal").st_size < 2 << 20
        assert os.stat(writer.path).st_size > 50_000
