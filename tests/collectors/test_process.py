import os
import threading

import psutil
import pytest

from perfdiag.collectors.process import SPEC
from perfdiag.errors import Denied, Late, NoData
from perfdiag.host import Host
from tests.collectors import collect, counter, gauge, readings
from tests.hosts import recorded


def test_what_a_process_spent_waited_for_and_holds(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1", "t1")
    page = os.sysconf("SC_PAGE_SIZE")
    assert {
        "process.started{pid=4711}": gauge(4112.85, "s"),
        "process.cpu{pid=4711,mode=user}": counter(1.03, "s"),
        "process.children.cpu{pid=4711,mode=user}": counter(0, "s"),
        "process.cpu{pid=4711,mode=system}": counter(0.02, "s"),
        "process.children.cpu{pid=4711,mode=system}": counter(0, "s"),
        "process.threads{pid=4711}": gauge(2),
        "process.resident{pid=4711}": gauge(2413 * page, "B"),
        "process.faults{pid=4711,kind=minor}": counter(1165),
        "process.faults{pid=4711,kind=major}": counter(0),
        "process.swapped{pid=4711}": gauge(0, "B"),
        "process.anonymous{pid=4711}": gauge(0, "B"),
        "process.descriptors{pid=4711}": gauge(3),
        "process.descriptors.limit{pid=4711}": gauge(20000),
        "process.files{pid=4711}": gauge(0),
        "process.channels{pid=4711}": gauge(0),
        "process.runqueue.wait{pid=4711}": counter((806733829 + 2464545126) / 1e9, "s"),
        "process.slices{pid=4711}": counter(574 + 734),
        "process.switches{pid=4711,kind=voluntary}": counter(523 + 165),
        "process.switches{pid=4711,kind=involuntary}": counter(51 + 568),
        "process.io.calls{pid=4711,direction=read}": counter(52),
        "process.io.bytes{pid=4711,direction=read,layer=calls}": counter(294785, "B"),
        "process.io.bytes{pid=4711,direction=read,layer=device}": counter(0, "B"),
        "process.io.calls{pid=4711,direction=write}": counter(33),
        "process.io.bytes{pid=4711,direction=write,layer=calls}": counter(9900000, "B"),
        "process.io.bytes{pid=4711,direction=write,layer=device}": counter(10006528, "B"),
    } == collect(SPEC, tree)


def test_a_hostile_name_does_not_shift_the_fields(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    expected = collect(SPEC, tree)
    tree.edit("proc/4711/stat", "(python)", "(a) R 1 1\n1 (\x1b[2J)")
    tree.edit("proc/4711/status", "Name:\tpython", "Name:\tVmSwap: 9 kB\\nTgid:\t1")
    assert expected == collect(SPEC, tree)


def test_a_process_that_ends_between_two_files_leaves_what_was_read(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    found = []
    samples = iter(SPEC.collect(tree.host, 4711))
    found.append(next(samples))
    tree.remove("proc/4711")
    with pytest.raises(NoData, match="4711"):
        found.extend(samples)
    names = {series.partition("{")[0] for series in readings(found)}
    assert "process.resident" in names
    assert set() == names & {"process.swapped", "process.descriptors", "process.switches", "process.io.bytes"}


def test_a_thread_that_ends_costs_itself_alone(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1", "t1")
    tree.remove("proc/4711/task/4712/status")
    assert counter(523) == collect(SPEC, tree)["process.switches{pid=4711,kind=voluntary}"]


def test_too_many_threads_are_not_added_up(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    for tid in range(10000, 10300):
        tree.write(f"proc/4711/task/{tid}/schedstat", "1 1 1\n")
    found = []
    with pytest.raises(Late, match="302 threads"):
        found.extend(SPEC.collect(tree.host, 4711))
    assert "process.io.calls{pid=4711,direction=read}" in readings(found)


def test_denied_io_is_a_fault_and_no_zero():
    """/proc/PID/io of another user's process, read for real: by a child that gave up its rights."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        if os.getuid() == 0:
            os.setresuid(65534, 65534, 65534)
        found, missing = [], "nothing"
        try:
            found.extend(SPEC.collect(Host(), 1))
        except Denied as error:
            missing = str(error)
        names = {sample.name for sample in found}
        os.write(writer, f"{missing}|{'process.cpu' in names}|{'process.io.bytes' in names}".encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    missing, cpu, io = os.read(reader, 4096).decode().split("|")
    os.close(reader)
    assert "/proc/1/io" in missing
    assert ("True", "False") == (cpu, io)


def test_psutil_counts_the_same_of_this_process():
    end = threading.Event()
    threads = [threading.Thread(target=end.wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    found, pid = readings(SPEC.collect(Host(), os.getpid())), os.getpid()
    oracle = psutil.Process()
    descriptors = oracle.num_fds() - 1  # its listing of this process counts the descriptor that it lists with
    count = oracle.num_threads()
    switches = oracle.num_ctx_switches()
    end.set()
    for thread in threads:
        thread.join()
    assert gauge(descriptors) == found[f"process.descriptors{{pid={pid}}}"]
    assert gauge(count) == found[f"process.threads{{pid={pid}}}"]
    # psutil counts those of the main thread alone
    assert switches.voluntary <= found[f"process.switches{{pid={pid},kind=voluntary}}"][0] + 100
    assert pytest.approx(oracle.memory_info().rss, rel=0.1) == found[f"process.resident{{pid={pid}}}"][0]
