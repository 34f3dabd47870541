"""The data directory: one daemon at a time, and it knows how the last run ended."""

import json
import os
import stat
from pathlib import Path

import pytest

from perfdiag.daemon.data_dir import DataDir
from perfdiag.errors import UsageError


def test_it_is_made_for_us_alone(tmp_path: Path) -> None:
    with DataDir(str(tmp_path / "a" / "b"), "run"):
        assert 0o700 == stat.S_IMODE(os.stat(tmp_path / "a" / "b").st_mode)


def test_a_second_daemon_is_told_the_pid_of_the_first(tmp_path: Path) -> None:
    with DataDir(str(tmp_path), "one"), pytest.raises(UsageError) as caught:
        DataDir(str(tmp_path), "two")
    assert f"another perfdiag daemon, pid {os.getpid()}, writes to it" == caught.value.cause


def test_the_lock_is_free_after_the_end(tmp_path: Path) -> None:
    with DataDir(str(tmp_path), "one"):
        pass
    with DataDir(str(tmp_path), "two"):
        pass


@pytest.mark.parametrize(
    ("status", "end"),
    [
        ('{"state": "clean"}', "clean"),
        ('{"state": "failed"}', "failed"),
        ('{"state": "running"}', "killed"),
        ('{"state": ["x"]}', "unknown"),
        ("[]", "unknown"),
        ("", "unknown"),
    ],
)
def test_it_knows_how_the_last_run_ended(tmp_path: Path, status: str, end: str) -> None:
    (tmp_path / "status.json").write_text(status)
    with DataDir(str(tmp_path), "run") as data_dir:
        assert end == data_dir.previous_end


def test_the_first_run_has_no_previous_one(tmp_path: Path) -> None:
    with DataDir(str(tmp_path), "run") as data_dir:
        assert "" == data_dir.previous_end
        data_dir.set_status("running", 1.0)
    status = json.loads((tmp_path / "status.json").read_text())
    assert ("running", "run", os.getpid()) == (status["state"], status["run"], status["pid"])


def test_a_directory_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(UsageError) as caught:
        DataDir(str(tmp_path), "run")
    assert "others may write to it" == caught.value.cause


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="as data directory") as caught:
        DataDir(str(tmp_path / "file"), "run")
    assert "it is not a directory" == caught.value.cause


def test_a_planted_lock_symlink_is_not_followed(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("alive")
    (tmp_path / "lock").symlink_to(canary)
    with pytest.raises(UsageError):
        DataDir(str(tmp_path), "run")
    assert "alive" == canary.read_text()
