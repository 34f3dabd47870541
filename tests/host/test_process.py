import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfdiag.errors import TargetError
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.process import Target, access, attach, describe, hold
from perfdiag.host.procfs import parse_stat

HOST = Host()
NOBODY = 65534
RUNS = {"R", "S"}
Start = Callable[..., tuple["subprocess.Popen[bytes]", Target]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts Python code, waits for the line that it prints, and attaches."""
    with contextlib.ExitStack() as stack:

        def run(code: str, *before: str) -> "tuple[subprocess.Popen[bytes], Target]":
            command = [
                *before,
                sys.executable,
                "-c",
                f"{code}\nimport sys; print(1, flush=True); sys.stdin.read()",
            ]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            stack.callback(process.communicate)
            assert b"1\n" == process.stdout.readline()
            target = attach(process.pid)
            stack.callback(target.close)
            return process, target

        yield run


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    with contextlib.closing(Inspector()) as made:
        yield made


def test_a_target_is_described(start, inspector):
    code = (
        "import os, socket; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))});"
        "s = socket.create_server(('127.0.0.1', 0)); t = socket.socket()"
    )
    process, target = start(code)
    found = describe(target, HOST, inspector)
    stat = Path(f"/proc/{process.pid}/stat").read_text().split()
    assert (process.pid, os.getpid(), int(stat[21]), os.getuid(), 1) == (
        found.pid,
        found.ppid,
        found.started,
        found.uid,
        found.cpus,
    )
    assert (str(Path(sys.executable).resolve()), target.key) == (found.exe, found.key)
    (port,) = found.ports
    socket.create_connection(("127.0.0.1", port)).close()
    lines = Path(f"/proc/{process.pid}/cgroup").read_text().splitlines()
    names = {name for line in lines for name in line.split(":")[1].split(",")}
    assert names == {name for name, _ in found.cgroups}


def test_a_hostile_name_is_escaped(start, inspector):
    code = r"import ctypes; ctypes.CDLL(None).prctl(15, b'\x1b[31m) Z\n\xff', 0, 0, 0)"
    _, target = start(code)
    assert r"\x1b[31m) Z\x0a\xff" == describe(target, HOST, inspector).comm
    assert target.state() in RUNS


def test_the_key_tells_processes_apart_and_stays(start):
    (first, one), (_, other) = start(""), start("")
    again = attach(first.pid)
    assert (one.key == again.key, one.key == other.key) == (True, False)
    again.close()


def test_a_target_that_ends_is_not_alive_though_it_is_not_reaped(start, inspector):
    process, target = start("")
    assert target.alive()
    assert target.state() in RUNS
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert (False, "") == (target.alive(), target.state())
    process.wait()
    with pytest.raises(TargetError, match="there is no process"):
        describe(target, HOST, inspector)


def test_a_refused_target_leaves_no_descriptor_open():
    before = len(os.listdir("/proc/self/fd"))
    zombie = subprocess.Popen(["sleep", "0"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(TargetError):
        attach(zombie.pid)
    zombie.wait()
    assert before == len(os.listdir("/proc/self/fd"))


def test_an_own_process_can_be_read(start):
    _, target = start("")
    assert (True, ()) == (access(target, HOST).full, access(target, HOST).blind)


def test_a_stopped_target_is_told_and_stays_stopped(start, inspector):
    process, target = start("")
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    again = attach(process.pid)
    found = access(again, HOST)
    describe(again, HOST, inspector)
    again.close()
    assert (True, "T") == (found.full, target.state())
    assert "the process is stopped" in found.blind[0]
    assert "T" == target.state()
    process.send_signal(signal.SIGCONT)


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv")
class TestWithoutRights:
    """What a user without capabilities sees; setpriv(1) gives up root's."""

    LOOK = (
        "import sys; from perfdiag.host import Host; from perfdiag.host.process import *;"
        "from perfdiag.host.inspector import Inspector;"
        "t = attach(sys.argv[1]); a = access(t, Host()); p = describe(t, Host(), Inspector());"
        "print(a.full, len(a.blind), p.uid, p.exe or '-', *a.blind, sep='\\n')"
    )

    def look(self, pid: int, uid: int) -> list[str]:
        drop = ["setpriv", f"--reuid={uid}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
        done = subprocess.run(
            [*drop, sys.executable, "-c", self.LOOK, str(pid)], capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    def test_the_process_of_another_user_is_seen_from_the_kernel_alone(self, start):
        process, _ = start("")
        full, count, uid, exe, *blind = self.look(process.pid, NOBODY)
        assert ("False", "3", "0", "-") == (full, count, uid, exe)
        assert all("belongs to another user (uid 0)" in line for line in blind)

    def test_a_process_of_the_same_user_can_be_read(self, start):
        process, _ = start("", "setpriv", f"--reuid={NOBODY}", "--clear-groups")
        assert ["True", "0", str(NOBODY)] == self.look(process.pid, NOBODY)[:3]

    def test_a_process_that_made_itself_non_dumpable_says_so(self, start):
        code = "import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)"
        process, _ = start(code, "setpriv", f"--reuid={NOBODY}", "--clear-groups")
        full, count, _, _, *blind = self.look(process.pid, NOBODY)
        assert ("False", "3") == (full, count)
        assert all("non-dumpable" in line for line in blind)


def test_a_process_is_held_only_if_it_is_the_one_that_was_read_about() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        stat = parse_stat(HOST.proc(f"{process.pid}/stat"))
        held = hold(stat, HOST)
        assert held is not None
        assert (process.pid, True) == (held.pid, held.alive())
        assert None is hold(stat._replace(started=stat.started - 1), HOST)  # its number was another's then
        process.kill()
        process.wait()
        assert not held.alive()
        assert None is hold(stat, HOST)
        held.close()


def test_a_process_for_which_the_last_descriptor_does_not_suffice_is_not_held() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with subprocess.Popen(["sleep", "60"]) as process:
        stat = parse_stat(HOST.proc(f"{process.pid}/stat"))
        last = os.open("/", os.O_RDONLY)
        os.close(last)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (last + 1, hard))
            held = hold(stat, HOST)
            assert last == os.open("/", os.O_RDONLY)  # nothing is left over
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            os.close(last)
        assert None is held
        process.kill()
