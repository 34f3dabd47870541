import errno
import fcntl
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from perfdiag.baseline import store
from perfdiag.errors import TargetError, UsageError
from tests.baseline.examples import session, sessions


def test_sessions_are_appended_in_their_order_whatever_the_clock_did(tmp_path):
    directory = tmp_path / "made" / "here"
    assert 2 == store.append(directory, "suite", sessions(range(2)))
    late = replace(session(2), started="1999-01-01T00:00:00Z")
    assert 3 == store.append(directory, "suite", (late,))
    assert ["s0", "s1", "s2"] == [each.session_id for each in store.load(directory, "suite")]
    assert [0, 1, 2] == [each.order for each in store.load(directory, "suite")]
    assert ("suite",) == store.suites(directory)


def test_nothing_but_the_suite_is_left_in_the_directory(tmp_path):
    store.append(tmp_path, "suite", sessions(range(1)))
    assert ["suite.json"] == os.listdir(tmp_path)
    assert 0o644 == (tmp_path / "suite.json").stat().st_mode & 0o777


def test_a_session_is_saved_once(tmp_path):
    store.append(tmp_path, "suite", sessions(range(2)))
    before = (tmp_path / "suite.json").read_bytes()
    with pytest.raises(UsageError, match="s1 is already in the baseline"):
        store.append(tmp_path, "suite", (session(2), session(1)))
    assert before == (tmp_path / "suite.json").read_bytes()


def test_another_machine_is_refused_and_told(tmp_path):
    store.append(tmp_path, "suite", sessions(range(1)))
    with pytest.raises(TargetError) as caught:
        store.append(tmp_path, "suite", (replace(session(1), fingerprint=(("cpu", "Xeon"),)),))
    assert "measured differently: cpu was EPYC, is Xeon, kernel was 6.1, is unknown" == caught.value.cause


@pytest.mark.parametrize("suite", ["../../etc/x", "n" * 300, ".hidden", ""])
def test_names_that_are_paths_are_refused(tmp_path, suite):
    with pytest.raises(UsageError, match="bad suite name"):
        store.append(tmp_path / "b", suite, sessions(range(1)))
    assert not (tmp_path / "b").exists()


def test_names_that_differ_only_in_case_are_refused(tmp_path):
    store.append(tmp_path, "suite", sessions(range(1)))
    with pytest.raises(UsageError, match="only in case"):
        store.append(tmp_path, "Suite", sessions(range(1)))


def test_a_broken_baseline_is_named_and_left_alone(tmp_path):
    path = tmp_path / "suite.json"
    for content, complaint in (
        (b'{"schema":\n "perfdiag.session/1",\n', "line 3"),
        (b"", "empty"),
        (b'{"schema": "perfdiag.session/9"}', "perfdiag.session/9"),
    ):
        path.write_bytes(content)
        for use in (
            lambda: store.load(tmp_path, "suite"),
            lambda: store.append(tmp_path, "suite", sessions(range(1))),
        ):
            with pytest.raises(TargetError, match=r"suite\.json is broken") as caught:
                use()
            assert complaint in caught.value.cause
        assert content == path.read_bytes()


def test_a_file_that_was_renamed_is_no_other_suite(tmp_path):
    store.append(tmp_path, "suite", sessions(range(1)))
    (tmp_path / "suite.json").rename(tmp_path / "other.json")
    with pytest.raises(TargetError) as caught:
        store.load(tmp_path, "other")
    assert "it is the suite suite, its name says other" == caught.value.cause


def test_a_suite_that_is_a_symbolic_link_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "suite.json").symlink_to(elsewhere)
    with pytest.raises(TargetError):
        store.append(tmp_path / "b", "suite", sessions(range(1)))
    assert "precious" == elsewhere.read_text()


def test_a_full_disk_leaves_the_old_baseline(tmp_path, monkeypatch):
    store.append(tmp_path, "suite", sessions(range(1)))
    before = (tmp_path / "suite.json").read_bytes()

    def no_space(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(TargetError, match="was not written") as caught:
        store.append(tmp_path, "suite", (session(1),))
    assert "No space left on device" == caught.value.cause
    assert before == (tmp_path / "suite.json").read_bytes()
    assert ["suite.json"] == os.listdir(tmp_path)


def test_what_a_killed_writer_left_does_not_matter(tmp_path):
    (tmp_path / ".suite.json.new").write_text("half")
    store.append(tmp_path, "suite", sessions(range(1)))
    assert ["suite.json"] == os.listdir(tmp_path)


def test_a_directory_that_is_no_directory_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make the baseline directory"):
        store.append(tmp_path / "file", "suite", sessions(range(1)))
    with pytest.raises(UsageError, match="cannot read the baseline"):
        store.suites(tmp_path / "absent")


def test_a_lock_that_is_never_given_up_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.05)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(TargetError, match="is being written by another process"):
        store.append(tmp_path, "suite", sessions(range(1)))
    os.close(descriptor)


def _write(directory: Path, first: int) -> None:
    for number in range(first, first + 5):
        store.append(directory, "suite", (session(number, metrics=2),))


def test_two_writers_at_once_lose_nothing(tmp_path):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(tmp_path, first)) for first in (0, 100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    saved = store.load(tmp_path, "suite")
    assert {f"s{n}" for n in (*range(5), *range(100, 105))} == {each.session_id for each in saved}
    assert list(range(10)) == [each.order for each in saved]
