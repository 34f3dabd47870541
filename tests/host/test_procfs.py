import os

import psutil
import pytest

from perfdiag.errors import Broken
from perfdiag.host.procfs import (
    CLOCK_TICKS,
    PAGE,
    CgroupPath,
    ProcessIo,
    SchedStat,
    parse_cgroup,
    parse_descriptor_limit,
    parse_io,
    parse_schedstat,
    parse_stat,
    parse_status,
)

STAT = (
    "4711 (%s) S 1 4711 4711 0 -1 4194304 118 7 3 2 250 31 5 6 20 0 9 0 240712 3133440 393 "
    "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 1 1 1 1 1 1 1 0\n"
)


def read(name: str) -> str:
    with open(f"/proc/self/{name}", encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


@pytest.mark.parametrize(
    ("comm", "shown"),
    [
        ("worker", "worker"),
        ("tmux: server", "tmux: server"),
        (") R 1 (", ") R 1 ("),
        ("a) S 9 9\n", "a) S 9 9\\x0a"),
        ("\x1b[31m", "\\x1b[31m"),
        ("caf\udcc3", "caf\\xc3"),
        ("", ""),
        ("(((", "((("),
    ],
)
def test_a_name_may_hold_everything(comm, shown):
    stat = parse_stat(STAT % comm)
    assert (4711, shown, "S", 1) == (stat.pid, stat.comm, stat.state, stat.ppid)
    assert (250, 31, 5, 6) == (stat.utime, stat.stime, stat.children_utime, stat.children_stime)
    assert (118, 3, 9) == (stat.minor_faults, stat.major_faults, stat.threads)
    assert (240712, 393) == (stat.started, stat.resident)


@pytest.mark.parametrize("size", [1, 20, 60, 90])
def test_a_stat_line_that_was_cut_is_broken(size):
    with pytest.raises(Broken, match="/proc/PID/stat"):
        parse_stat((STAT % "x")[:size])


def test_a_kernel_thread_has_no_memory():
    status = parse_status(
        "Name:\tkworker/0:0\nState:\tI (idle)\nTgid:\t12\nUid:\t0\t0\t0\t0\n"
        "voluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t1\n"
    )
    assert ("kworker/0:0", 0, 12, 0, 7, 1, 0, "") == status


def test_a_name_cannot_forge_a_field_of_status():
    """The kernel escapes line feeds in the name; the field that it names itself comes first."""
    status = parse_status(
        "Name:\tx\\nUid:\t5\nTgid:\t12\nUid:\t1000\t0\t0\t0\nVmSwap:\t    8 kB\n"
        "voluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t1\nTgid:\t99\n"
    )
    assert ("x\\nUid:\t5".replace("\t", "\\x09"), 1000, 12, 8192) == status[:4]


def test_schedstat_and_io():
    assert SchedStat(1051905, 1352894, 2) == parse_schedstat("1051905 1352894 2\n")
    text = "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\ncancelled_write_bytes: 7\n"
    assert ProcessIo(1, 2, 3, 4, 5, 6, 7) == parse_io(text)


@pytest.mark.parametrize("text", ["1 2\n", "1 2 3 4\n", "1 2 x\n", "1 2 3"])
def test_a_broken_schedstat(text):
    with pytest.raises(Broken, match="schedstat"):
        parse_schedstat(text)


def test_cgroups_of_both_versions():
    text = "4:memory:/a:b/c\n1:cpu,cpuacct:/\n9:name=systemd:/x\n0::/user.slice (deleted)\n"
    assert (
        CgroupPath(("memory",), "/a:b/c"),
        CgroupPath(("cpu", "cpuacct"), "/"),
        CgroupPath(("name=systemd",), "/x"),
        CgroupPath((), "/user.slice"),
    ) == parse_cgroup(text)


@pytest.mark.parametrize("text", ["x\n", "0:\n", "0::relative\n", "x::/\n"])
def test_a_broken_cgroup_file(text):
    with pytest.raises(Broken, match="cgroup"):
        parse_cgroup(text)


def test_the_limit_of_descriptors():
    head = "Limit                     Soft Limit           Hard Limit           Units     \n"
    assert 1024 == parse_descriptor_limit(
        head + "Max open files            1024                 524288               files     \n"
    )
    assert None is parse_descriptor_limit(
        head + "Max open files            unlimited            unlimited            files     \n"
    )
    with pytest.raises(Broken, match="no limit"):
        parse_descriptor_limit(head)


def test_psutil_reads_the_same_of_this_process():
    process = psutil.Process()
    stat, status = parse_stat(read("stat")), parse_status(read("status"))
    assert os.getpid() == stat.pid == status.tgid
    assert process.ppid() == stat.ppid
    assert process.name()[:15] == stat.comm == status.name
    assert process.num_threads() == stat.threads
    assert process.uids().real == status.uid
    assert pytest.approx(process.create_time() - psutil.boot_time(), abs=1.5) == stat.started / CLOCK_TICKS
    times = process.cpu_times()
    assert pytest.approx(times.user, abs=0.5) == stat.utime / CLOCK_TICKS
    assert pytest.approx(times.system, abs=0.5) == stat.stime / CLOCK_TICKS
    assert pytest.approx(process.memory_info().rss, rel=0.2) == stat.resident * PAGE
    switches = process.num_ctx_switches()
    assert 0 < status.voluntary_switches + status.involuntary_switches <= sum(switches)
    io = process.io_counters()
    assert 0 < parse_io(read("io")).syscr
    assert pytest.approx(io.read_chars, rel=0.1) == parse_io(read("io")).rchar
    assert process.rlimit(psutil.RLIMIT_NOFILE)[0] == parse_descriptor_limit(read("limits"))
