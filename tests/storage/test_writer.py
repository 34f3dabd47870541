"""Writing, growing and being killed; the exact round trip."""

import os
import random
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfdiag.errors import PerfdiagError, UsageError
from perfdiag.model import Frame, Origin, Sample, Snapshot, Stack
from perfdiag.model import Kind as SampleKind
from perfdiag.recording import Recording
from perfdiag.storage import Writer, load, save
from perfdiag.ticks import GIL_COLUMNS, ROW_COLUMNS
from perfdiag.units import Unit
from tests.storage.synthetic import META, contents, empty_recording, grow, ten_seconds

INT64 = st.integers(-(1 << 63), (1 << 63) - 1)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(), max_size=20)  # lone surrogates and controls included


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    recording = empty_recording(threads=2)
    snapshots = draw(st.lists(st.builds(snapshot, FINITE, FINITE, TEXT), max_size=3))
    recording.snapshots += sorted(snapshots, key=lambda one: one.at)
    for name in draw(st.lists(TEXT, max_size=3)):
        frame = Frame(file=name, function=name, line=1, first_line=-1, origin=Origin.USER)
        recording.stacks.append(Stack(id=len(recording.stacks), frames=(frame,) * draw(st.integers(0, 3))))
    for at in sorted(draw(st.lists(INT64, max_size=5))):
        recording.ticks.ticks.append(at, draw(st.integers(0, 3)))
    for tick in range(len(recording.ticks.ticks)):
        free = [draw(INT64) for _ in ROW_COLUMNS[2:-3]]
        ids = (draw(st.integers(-1, 19)), draw(st.integers(-1, len(recording.stacks) - 1)))
        recording.ticks.rows.append(tick, 0, *free, *ids, draw(st.integers(0, 7)))
        recording.ticks.gil.append(tick, 0, *[draw(INT64) for _ in GIL_COLUMNS[2:-1]], 1)
    return recording


def snapshot(at: float, value: float, name: str) -> Snapshot:
    sample = Sample(name=name, value=value, unit=Unit.BYTES, kind=SampleKind.GAUGE, labels=((name, name),))
    return Snapshot(at=at, wall=value, samples=(sample,))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(recordings())
def test_every_recording_comes_back_bit_for_bit(tmp_path: Path, recording: Recording) -> None:
    path = str(tmp_path / "run.perfdiag")
    save(recording, path)
    assert contents(recording) == contents(load(path))


def test_ten_seconds_of_eight_threads_at_100_hz_fit_into_300_kb(tmp_path: Path) -> None:
    recording, path = ten_seconds(), tmp_path / "run.perfdiag"
    save(recording, str(path))
    assert contents(recording) == contents(load(str(path)))
    assert path.stat().st_size <= 300_000


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    save(ten_seconds(2), str(tmp_path / "a"))
    save(ten_seconds(2), str(tmp_path / "b"))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_recording_is_private(tmp_path: Path) -> None:
    path = tmp_path / "run.perfdiag"
    save(empty_recording(), str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_growing_file_can_be_read_after_each_commit_and_is_one_file_when_closed(tmp_path: Path) -> None:
    path, generator, recording = tmp_path / "run.perfdiag", random.Random(1), empty_recording(3)
    writer = Writer(str(path), META)
    for _ in range(3):
        grow(recording, generator, seconds=1, threads=3)
        writer.commit(recording)
        read = load(str(path))
        assert "the recording was not closed" == read.meta.ended
        assert contents(recording) | {"meta": ""} == contents(read) | {"meta": ""}
    writer.close(recording)
    assert [path] == list(tmp_path.iterdir())
    assert contents(recording) == contents(load(str(path)))


def test_a_growing_file_gives_the_same_as_one_saved_at_once(tmp_path: Path) -> None:
    grown, saved, recording = tmp_path / "grown", tmp_path / "saved", empty_recording(3)
    writer = Writer(str(grown), META)
    writer.commit(recording)
    grow(recording, random.Random(1), seconds=1, threads=3)
    writer.close(recording)
    save(recording, str(saved))
    assert saved.read_bytes() == grown.read_bytes()


KILLED = """
import os, random, signal, sys
from perfdiag.storage import Writer
from tests.storage.synthetic import META, empty_recording, grow
recording, generator = empty_recording(2), random.Random(5)
writer = Writer(sys.argv[1], META)
for _ in range(2):
    grow(recording, generator, seconds=1, threads=2)
    writer.commit(recording)
grow(recording, generator, seconds=1, threads=2)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_writer_had_committed_can_be_read(tmp_path: Path) -> None:
    path = str(tmp_path / "run.perfdiag")
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", KILLED, path], cwd=root, timeout=30)
    recording = empty_recording(2)
    grow(recording, random.Random(5), seconds=2, threads=2)
    read = load(path)
    assert "the recording was not closed" == read.meta.ended
    assert contents(recording) | {"meta": ""} == contents(read) | {"meta": ""}
    save(recording, path)  # the log of the killed writer must not be applied to what takes its place
    assert contents(recording) == contents(load(path))


def test_a_number_that_is_not_finite_is_refused_with_words(tmp_path: Path) -> None:
    recording = empty_recording()
    recording.snapshots.append(snapshot(1.0, float("nan"), "x"))
    with pytest.raises(PerfdiagError, match="cannot be written"):
        save(recording, str(tmp_path / "run.perfdiag"))


def test_a_recording_can_go_through_a_pipe(tmp_path: Path) -> None:
    fifo, recording = tmp_path / "fifo", empty_recording()
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    writer = Writer(str(fifo), META)
    writer.commit(recording)
    writer.close(recording)
    (tmp_path / "copy").write_bytes(os.read(reader, 1 << 20))
    os.close(reader)
    assert contents(recording) == contents(load(str(tmp_path / "copy")))


def test_a_writer_does_not_start_on_a_symlink(tmp_path: Path) -> None:
    link, canary = tmp_path / "run.perfdiag", tmp_path / "canary"
    canary.write_text("untouched")
    link.symlink_to(canary)
    with pytest.raises(UsageError, match="cannot write"):
        Writer(str(link), META)
    assert "untouched" == canary.read_text()


FULL = """
import random, sys
from perfdiag.errors import TargetError
from perfdiag.storage import Writer
from tests.storage.synthetic import META, empty_recording, grow
recording, generator = empty_recording(8), random.Random(5)
writer = Writer(sys.argv[1], META)
for second in range(60):
    grow(recording, generator, seconds=1, threads=8)
    try:
        writer.commit(recording)
    except TargetError as error:
        print("commit:", error.what, error.cause)
        break
grow(recording, generator, seconds=20, threads=8)
writer.commit(recording)
try:
    writer.close(recording)
except TargetError as error:
    print("close:", error.what, error.cause)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_said_once_and_what_was_committed_stays_readable(tmp_path: Path) -> None:
    script = (
        f"mount -t tmpfs -o size=128k none {tmp_path} && {sys.executable} -c '{FULL}' {tmp_path}/run"
        f" && ls -A {tmp_path} && {sys.executable} -c 'from perfdiag.storage import load;"
        f' print(len(load("{tmp_path}/run").snapshots))\''
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script], cwd=root, capture_output=True, text=True, timeout=60
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no private mounts here: {done.stderr.strip()}")
    lines = done.stdout.splitlines()
    assert f"commit: could not write all of {tmp_path}/run database or disk is full" == lines[0], done.stderr
    assert f"close: could not write all of {tmp_path}/run No space left on device" == lines[1]
    assert "run" == lines[2]
    assert int(lines[-1]) >= 1
