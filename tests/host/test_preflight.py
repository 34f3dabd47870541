import os
import subprocess
import threading
from pathlib import Path

import pytest

from perfdiag.errors import Exit, PerfdiagError, TargetError, UsageError
from perfdiag.host import Host
from perfdiag.host.process import attach


def refusal(pid: str | int, host: Host | None = None) -> PerfdiagError:
    with pytest.raises(PerfdiagError) as caught:
        attach(pid, host)
    error = caught.value
    assert all((error.what, error.cause, error.fix))
    assert (error.what + error.cause + error.fix).isprintable()
    return error


@pytest.mark.parametrize(
    "pid", [0, -1, 2**31, "0", "-1", str(2**31), "12abc", "", " ", "1.0", "+1", "²", "9" * 5000, "\x1b[2J\n"]
)
def test_what_cannot_be_a_process_id_is_a_wrong_argument(pid):
    error = refusal(pid)
    assert (UsageError, Exit.USAGE) == (type(error), error.exit)
    assert len(error.what) < 100


def test_a_process_that_is_not_there_cannot_be_measured():
    gone = subprocess.Popen(["sleep", "0"])
    gone.wait()
    error = refusal(gone.pid)
    assert (TargetError, Exit.UNMEASURED) == (type(error), error.exit)
    assert f"there is no process {gone.pid}" == error.what
    assert f"there is no process {2**31 - 1}" == refusal(2**31 - 1).what


def test_perfdiag_does_not_look_at_itself():
    assert "perfdiag itself" in refusal(str(os.getpid())).what


def test_a_zombie_is_told_with_its_parent():
    zombie = subprocess.Popen(["sleep", "0"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    error = refusal(zombie.pid)
    zombie.wait()
    assert "has ended" in error.what
    assert f"its parent, {os.getpid()}" in error.cause


def test_a_kernel_thread_is_told():
    if not Path("/proc/2/comm").exists() or "kthreadd" not in Path("/proc/2/comm").read_text():
        pytest.skip("kernel threads cannot be seen in this PID namespace")
    assert "process 2 (kthreadd) is a kernel thread" == refusal(2).what


def test_the_id_of_a_thread_is_told_with_its_process():
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    error = refusal(thread.native_id)
    end.set()
    thread.join()
    assert (f"{thread.native_id} is not a process", f"use -p {os.getpid()}") == (error.what, error.fix)


def test_a_process_that_proc_hides_is_told(tmp_path):
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    (tmp_path / "self").mkdir()
    assert "mounted" in refusal(child.pid, Host(procfs=str(tmp_path))).cause
    (tmp_path / "self" / "stat").touch()
    assert "hidepid" in refusal(child.pid, Host(procfs=str(tmp_path))).cause
    child.communicate()
