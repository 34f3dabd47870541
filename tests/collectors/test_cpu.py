import pytest

from perfdiag.collectors.cpu import SPEC
from perfdiag.errors import Broken
from tests.collectors import collect, counter, gauge
from tests.hosts import recorded


def test_time_by_mode_and_busy_time_of_each_cpu(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1", "t1")
    tree.write("proc/stat", (
        "cpu  300 10 50 1000 40 0 5 7 9 9\ncpu0 200 10 30 500 20 0 5 3 9 9\ncpu1 100 0 20 500 20 0 0 4 0 0\n"
        "ctxt 1\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n"
    ))  # fmt: skip
    assert {
        "cpu.time{mode=user}": counter(3, "s"),
        "cpu.time{mode=nice}": counter(0.1, "s"),
        "cpu.time{mode=system}": counter(0.5, "s"),
        "cpu.time{mode=idle}": counter(10, "s"),
        "cpu.time{mode=iowait}": counter(0.4, "s"),
        "cpu.time{mode=irq}": counter(0, "s"),
        "cpu.time{mode=softirq}": counter(0.05, "s"),
        "cpu.time{mode=steal}": counter(0.07, "s"),
        "cpu.busy{cpu=0}": counter(2.48, "s"),
        "cpu.busy{cpu=1}": counter(1.24, "s"),
        "cpu.online": gauge(2),
    } == collect(SPEC, tree)


def test_an_old_kernel_has_four_modes(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write(
        "proc/stat", "cpu 1 0 1 5\ncpu0 1 0 1 5\nctxt 1\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n"
    )
    assert counter(0.02, "s") == collect(SPEC, tree)["cpu.busy{cpu=0}"]


def test_a_cut_file_is_broken_and_not_a_smaller_number(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/stat", tree.read("proc/stat")[:30])
    with pytest.raises(Broken, match="/proc/stat"):
        collect(SPEC, tree)
