import errno
import os
import socket
import stat
from pathlib import Path

import pytest

from perfdiag.errors import TargetError, UsageError
from perfdiag.host import files
from perfdiag.host.files import check_writable, write_atomically


def test_a_file_is_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_atomically(str(path), "tête\n")
    assert "tête\n" == path.read_text("utf-8")
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [path] == list(tmp_path.iterdir())


def test_an_existing_file_is_replaced_and_its_hard_link_keeps_its_content(tmp_path: Path) -> None:
    path, canary = tmp_path / "report", tmp_path / "canary"
    canary.write_text("untouched")
    os.link(canary, path)
    write_atomically(str(path), "new")
    assert ("new", "untouched") == (path.read_text(), canary.read_text())


@pytest.mark.parametrize("check", [check_writable, lambda path: write_atomically(path, "new")])
class TestWhatIsRefused:
    def test_a_symlink(self, tmp_path: Path, check) -> None:
        canary, link = tmp_path / "canary", tmp_path / "link"
        canary.write_text("untouched")
        link.symlink_to(canary)
        with pytest.raises(UsageError) as caught:
            check(str(link))
        assert "it is a symbolic link, which is never followed" == caught.value.cause
        assert "untouched" == canary.read_text()

    def test_a_symlink_to_nothing(self, tmp_path: Path, check) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "nothing")
        with pytest.raises(UsageError):
            check(str(tmp_path / "link"))
        assert not (tmp_path / "nothing").exists()

    def test_a_directory(self, tmp_path: Path, check) -> None:
        with pytest.raises(UsageError) as caught:
            check(str(tmp_path))
        assert "it is a directory" == caught.value.cause

    def test_a_socket(self, tmp_path: Path, check) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(tmp_path / "socket"))
            with pytest.raises(UsageError) as caught:
                check(str(tmp_path / "socket"))
        assert "it is not a regular file" == caught.value.cause

    @pytest.mark.parametrize("path", ["", "/tmp/", "/nowhere/x", "/etc/passwd/x", "\0", "/tmp/" + "x" * 300])
    def test_a_path_that_cannot_be_a_file(self, check, path: str) -> None:
        with pytest.raises(UsageError) as caught:
            check(path)
        assert caught.value.cause
        assert caught.value.fix


def test_a_check_leaves_no_trace(tmp_path: Path) -> None:
    check_writable(str(tmp_path / "report"))
    assert [] == list(tmp_path.iterdir())


def test_a_read_only_file_is_refused_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report"
    path.write_text("")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write to everything
    with pytest.raises(UsageError, match="cannot write"):
        check_writable(str(path))


def test_a_full_device_is_an_output_lost_on_the_way() -> None:
    check_writable("/dev/full")
    with pytest.raises(TargetError) as caught:
        write_atomically("/dev/full", "x")
    assert os.strerror(errno.ENOSPC) == caught.value.cause


def test_a_disk_that_fills_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    path = tmp_path / "report"
    path.write_text("old")
    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(TargetError, match="could not write all of"):
        write_atomically(str(path), "new")
    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_an_inherited_descriptor_is_written_at_its_offset(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+") as out:
        out.write("before ")
        out.flush()
        write_atomically(f"/dev/fd/{out.fileno()}", "after")
    assert "before after" == (tmp_path / "out").read_text()


def test_a_pipe_whose_reader_is_gone_is_an_output_lost_on_the_way() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with pytest.raises(TargetError) as caught:
        write_atomically(f"/dev/fd/{writer}", "x")
    os.close(writer)
    assert "Broken pipe" == caught.value.cause


def test_an_own_fifo_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    check_writable(str(tmp_path / "fifo"))
    write_atomically(str(tmp_path / "fifo"), b"\x00\xff")
    assert b"\x00\xff" == os.read(reader, 100)
    os.close(reader)


def test_nothing_happens_to_dev_null() -> None:
    write_atomically("/dev/null", "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
