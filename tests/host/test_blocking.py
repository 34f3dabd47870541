import json
import os
from pathlib import Path

import pytest

from perfdiag.errors import NoData
from perfdiag.host import Host, blocking


def process(root: Path, pid: int, **files: bytes) -> Path:
    folder = root / str(pid)
    (folder / "fd").mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_an_argument_that_is_cut_is_left_out_because_its_mark_may_be_missing(tmp_path):
    process(tmp_path, 7, cmdline=b"x\0" * 2040 + b"postgres://me:hunter2" + b"z" * 5000)
    arguments = blocking.cmdline(Host(procfs=str(tmp_path)), 7).decode()
    assert ("hunter2" not in arguments, 256) == (True, len(arguments))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"", ""),
        (b"one argument without an end", "one argument without an end"),
        (b"title rewritten by setproctitle\0\0\0\0", "title rewritten by setproctitle"),
        (b"a\0\0b\0", "a  b"),
        (b"\xff\x1b\n\0", r"\xff\x1b\x0a"),
    ],
)
def test_command_lines_of_all_forms(tmp_path, raw, shown):
    process(tmp_path, 7, cmdline=raw)
    assert shown == blocking.cmdline(Host(procfs=str(tmp_path)), 7).decode()


def test_two_megabytes_of_arguments_are_not_read(tmp_path):
    process(tmp_path, 7, cmdline=b"x" * (2 << 20))
    assert "…" == blocking.cmdline(Host(procfs=str(tmp_path)), 7).decode()


def test_the_lowest_process_that_has_a_socket_owns_it(tmp_path):
    for pid in (30, 9, 200):
        folder = process(tmp_path, pid, comm=f"worker-{pid}\n".encode())
        os.symlink("socket:[77]", folder / "fd" / "3")
    os.symlink("socket:[78]", tmp_path / "200" / "fd" / "4")
    owners = json.loads(blocking.socket_owners(Host(procfs=str(tmp_path)), [77, 78, 79]))
    assert {"77": [9, "worker-9"], "78": [200, "worker-200"]} == owners


def test_a_link_that_only_looks_like_a_socket_is_none(tmp_path):
    folder = process(tmp_path, 9, comm=b"x\n")
    for number, target in enumerate(("socket:[", "socket:[7", "/socket:[7]")):
        os.symlink(target, folder / "fd" / str(number))
    assert {} == json.loads(blocking.socket_owners(Host(procfs=str(tmp_path)), [7]))


def test_a_process_that_is_not_there_is_no_data(tmp_path):
    with pytest.raises(NoData):
        blocking.maps(Host(procfs=str(tmp_path)), 7)
