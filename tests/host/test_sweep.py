import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.sweep import Sweep

STAT = "{pid} ({comm}) S 1 {pid} {pid} 0 -1 4194304 0 0 4 0 250 50 0 0 20 0 3 0 {started} 1000 10 1 1 1 1\n"


@pytest.fixture
def tree(tmp_path):
    """A recorded /proc; call it to put a process there."""

    def put(pid: int, comm: str = "worker", started: int = 100, cgroup: str = "0::/\n") -> Host:
        home = tmp_path / str(pid)
        shutil.rmtree(home, ignore_errors=True)  # new files: kept descriptors go on to see the old ones
        home.mkdir()
        text = STAT.format(pid=pid, comm=comm, started=started)
        (home / "stat").write_bytes(text.encode("utf-8", "surrogateescape"))
        (home / "schedstat").write_text("9 2000000000 7\n")
        (home / "cgroup").write_text(cgroup)
        return Host(procfs=str(tmp_path))

    put.remove = lambda pid: shutil.rmtree(tmp_path / str(pid))
    return put


@pytest.fixture
def sweep():
    made = []

    def make(host: Host) -> Sweep:
        made.append(Sweep(host))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_process_as_it_is(tree, sweep):
    host = tree(
        7, cgroup="4:memory:/a/very/long/path/of/memory\n1:name=systemd:/system.slice/x.service\n0::/\n"
    )
    (found,) = sweep(host).take()
    assert (7, 100, "worker", "/system.slice/x.service") == found[:4]
    assert (2.5, 0.5, 2.0, 10 * resource.getpagesize(), 3, "S", 4) == found[4:]


@pytest.mark.parametrize(
    ("comm", "shown"),
    [(") R 9 (", ") R 9 ("), ("a\nb", "a\\x0ab"), ("\x1b[2J", "\\x1b[2J"), ("\udcff", "\\xff")],
)
def test_hostile_names_are_shown_escaped(tree, sweep, comm, shown):
    (found,) = sweep(tree(7, comm)).take()
    assert (shown, 3) == (found.comm, found.threads)


def test_a_process_that_ended_is_left_out(tree, sweep):
    tree(7)
    one = sweep(tree(8))
    assert [7, 8] == [process.pid for process in one.take()]
    tree.remove(7)
    assert [8] == [process.pid for process in one.take()]


def test_files_that_are_missing_or_garbled_cost_that_process_alone(tree, sweep, tmp_path):
    host = tree(7)
    for pid, text in (("8", ""), ("9", "9 (x S 1"), ("10", "10 (x) S 1 2\n")):
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "stat").write_text(text)
    (tmp_path / "11").mkdir()
    (tmp_path / "7" / "schedstat").unlink()
    (found,) = sweep(host).take()
    assert (7, 0.0) == (found.pid, found.delay)


def test_no_proc_at_all_is_missing(tmp_path, sweep):
    with pytest.raises(Missing):
        sweep(Host(procfs=str(tmp_path / "absent"))).take()


def test_a_name_that_changes_is_seen(sweep):
    with subprocess.Popen(["sh", "-c", "read line; exec sleep 60"], stdin=subprocess.PIPE) as child:
        one = sweep(Host())
        before = {process.pid: process for process in one.take()}[child.pid]
        child.stdin.write(b"\n")
        child.stdin.flush()
        deadline = time.monotonic() + 10
        while Path(f"/proc/{child.pid}/comm").read_text() != "sleep\n" and time.monotonic() < deadline:
            os.sched_yield()
        after = {process.pid: process for process in one.take()}[child.pid]
        child.kill()
    assert ("sh", "sleep", before.started) == (before.comm, after.comm, after.started)


def test_a_kept_descriptor_never_speaks_of_another_process_of_the_same_number():
    """What `take` relies on: the kernel ties an open /proc file to the process, not to the number."""
    child = subprocess.Popen(["sleep", "60"])
    descriptor = os.open(f"/proc/{child.pid}/stat", os.O_RDONLY)
    child.kill()
    child.wait()
    with pytest.raises(ProcessLookupError):
        os.pread(descriptor, 100, 0)
    os.close(descriptor)


def test_a_number_given_to_another_process_is_another_process(tree, sweep, monkeypatch):
    one = sweep(tree(7, started=100))
    one.take()
    old = one._open[7]._stat
    tree(7, started=200)
    real = os.pread

    def pread(descriptor: int, size: int, at: int) -> bytes:
        if descriptor == old:
            monkeypatch.setattr(os, "pread", real)
            raise ProcessLookupError
        return real(descriptor, size, at)

    monkeypatch.setattr(os, "pread", pread)
    (found,) = one.take()
    assert (7, 200) == (found.pid, found.started)


def test_a_process_that_runs_is_read_anew_and_one_that_moved_too(tree, sweep, tmp_path):
    one = sweep(tree(7))
    (before,) = one.take()
    (tmp_path / "7" / "cgroup").write_text("0::/new.slice\n")
    (tmp_path / "7" / "schedstat").write_text("9 3000000000 8\n")
    assert [before] == one.take()
    text = STAT.format(pid=7, comm="worker", started=100).replace(" 250 50 ", " 251 50 ")
    (tmp_path / "7" / "stat").write_text(text)
    (after,) = one.take()
    assert (2.51, 3.0, "/") == (after.user, after.delay, after.cgroup)
    for _ in range(60):
        (after,) = one.take()
    assert "/new.slice" == after.cgroup


def test_descriptors_are_kept_within_the_limit_and_given_back(tree, sweep, monkeypatch):
    for pid in range(10, 30):
        host = tree(pid)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (256 + 10, 266))
    before = len(os.listdir("/proc/self/fd"))
    one = sweep(host)
    for _ in range(2):
        assert 20 == len(one.take())
        assert before + 10 == len(os.listdir("/proc/self/fd"))
    one.close()
    assert before == len(os.listdir("/proc/self/fd"))


def test_psutil_sees_the_same_of_this_process(sweep):
    ours = {process.pid: process for process in sweep(Host()).take()}
    me, oracle = ours[os.getpid()], psutil.Process()
    assert oracle.name()[:15] == me.comm
    assert oracle.num_threads() == me.threads
    assert pytest.approx(oracle.cpu_times().user, abs=0.5) == me.user
    assert pytest.approx(oracle.memory_info().rss, rel=0.2) == me.resident
    assert len(ours) >= len(psutil.pids()) * 0.9
