import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfdiag.errors import Broken, Late, NoData
from perfdiag.host.inspector import Inspector


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic_ns(self) -> int:
        return int(self.now * 1e9)

    def wall(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    with contextlib.closing(Inspector()) as made:
        yield made


@pytest.fixture
def stuck(tmp_path: Path) -> str:
    """A proc file system in which process 7 has a cmdline that never answers, and process 8 one that does."""
    for pid in ("7", "8"):
        (tmp_path / pid).mkdir()
    os.mkfifo(tmp_path / "7" / "cmdline")
    (tmp_path / "8" / "cmdline").write_bytes(b"sleep\x0060\x00")
    return str(tmp_path)


def held() -> tuple[list[str], str]:
    """Descriptors and children of this process."""
    own = os.getpid()
    return sorted(os.listdir("/proc/self/fd")), Path(f"/proc/{own}/task/{own}/children").read_text()


def test_what_it_reads_is_what_the_files_say(inspector):
    pid = os.getpid()
    assert str(Path(sys.executable).resolve()) == inspector.exe(pid)
    assert {
        line.split()[0] for line in Path("/proc/self/maps").read_text().splitlines() if "libc" in line
    } <= {line.split()[0] for line in inspector.maps(pid).splitlines()}
    with open("/dev/null") as file:
        assert "/dev/null" == inspector.link(pid, file.fileno())
        assert "pos:" in inspector.fdinfo(pid, file.fileno())
    assert "Rss:" in inspector.smaps_rollup(pid)


def test_a_command_line_comes_without_its_secrets(inspector):
    code = "import sys; print(1, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, "--password=hunter2", "\x1b[2J"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.read(1)
        shown = inspector.cmdline(process.pid)
        process.stdin.close()
    assert shown.endswith(r"--password=*** \x1b[2J")


def test_the_owner_of_a_socket_is_found(inspector):
    with socket.socket() as own:
        inode = os.fstat(own.fileno()).st_ino
        comm = Path("/proc/self/comm").read_text().rstrip()
        assert (os.getpid(), comm) == inspector.socket_owner(inode)
        assert inode in inspector.sockets(os.getpid())
    with pytest.raises(NoData):
        inspector.socket_owner(inode)


def test_children_are_found_by_their_names(inspector):
    with subprocess.Popen(["sleep", "600"]) as child:
        assert "sleep" == inspector.children(os.getpid())[child.pid]
        child.kill()


def test_only_the_end_of_a_pipe_that_the_child_has_leads_to_it(inspector):
    with subprocess.Popen(["sleep", "600"], stdout=subprocess.PIPE) as child:
        inode = os.fstat(child.stdout.fileno()).st_ino
        assert (child.pid, "sleep") == inspector.pipe_child(os.getpid(), inode, reads=True)
        assert None is inspector.pipe_child(os.getpid(), inode, reads=False)
        child.kill()


def test_a_process_that_is_not_there_is_no_data(inspector):
    with pytest.raises(NoData, match="No such file"):
        inspector.maps(1 << 30)


def test_a_read_that_never_returns_is_late_and_the_next_one_answers(stuck):
    before = held()
    with contextlib.closing(Inspector(stuck, deadline=0.05)) as inspector:
        begun = time.monotonic()
        with pytest.raises(Late, match="no answer within"):
            inspector.cmdline(7)
        assert time.monotonic() - begun < 0.5
        assert "sleep 60" == inspector.cmdline(8)
    assert before == held()


def test_after_four_reads_without_an_answer_none_is_tried_for_a_minute(stuck):
    clock = Hand()
    with contextlib.closing(Inspector(stuck, deadline=0.0, clock=clock)) as inspector:
        for _ in range(4):
            with pytest.raises(Late, match="no answer"):
                inspector.cmdline(7)
        with pytest.raises(Late, match="not tried"):
            inspector.cmdline(8)
        clock.sleep(61)
        with pytest.raises(Late, match="no answer"):
            inspector.cmdline(7)


def test_the_caller_goes_on_while_a_question_is_open(stuck):
    with contextlib.closing(Inspector(stuck, deadline=0.1)) as inspector:
        question = inspector.ask("cmdline", 7)
        assert not inspector.ready(question)
        assert "sleep 60" == inspector.cmdline(8)  # waits for the one before, which is late by then
        assert isinstance(question.answer, Late)


def child_of(inspector):
    """The process that answers: the one it gains when it is first asked."""
    others = {int(pid) for pid in own_children()}
    inspector.exe(os.getpid())
    (child,) = {int(pid) for pid in own_children()} - others
    return child


def own_children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def test_a_child_that_was_killed_is_replaced(inspector):
    own = os.getpid()
    child = child_of(inspector)
    os.kill(child, signal.SIGKILL)
    with contextlib.suppress(Broken):  # the question that meets the end of the child
        inspector.exe(own)
    assert str(Path(sys.executable).resolve()) == inspector.exe(own)


def test_the_child_keeps_no_descriptor_of_the_parent(inspector):
    with socket.create_server(("127.0.0.1", 0)) as server:
        child = child_of(inspector)
        links = [os.readlink(f"/proc/{child}/fd/{name}") for name in os.listdir(f"/proc/{child}/fd")]
        own = os.readlink(f"/proc/self/fd/{server.fileno()}")
        assert own not in links
        assert ["/dev/null"] * 3 == sorted(links)[:3]


def test_the_child_ends_with_the_parent():
    code = (
        "import os, sys; from perfdiag.host.inspector import Inspector;"
        "i = Inspector(); print(*i.children(os.getpid()), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        pidfd = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        poll = select.poll()
        poll.register(pidfd)
        assert poll.poll(5000)
        os.close(pidfd)
