import pytest

from perfdiag.collectors.runqueue import SPEC
from perfdiag.errors import NoData
from tests.collectors import collect, counter, gauge, readings
from tests.hosts import recorded

COUNTS = "cpu 1 1 1 1\nctxt 9708477\nprocesses 63250\nprocs_running 4\nprocs_blocked 1\n"


def test_who_wants_a_cpu(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/stat", COUNTS)
    tree.write("proc/loadavg", "2.00 2.43 1.96 5/134 30807\n")
    assert {
        "runqueue.running": gauge(4),
        "runqueue.blocked": gauge(1),
        "cpu.switches": counter(9708477),
        "processes.created": counter(63250),
        "load.mean{window=1m}": gauge(2.0),
        "load.mean{window=5m}": gauge(2.43),
        "load.mean{window=15m}": gauge(1.96),
        "host.threads": gauge(134),
    } == collect(SPEC, tree)


def test_waits_of_all_cpus_where_the_kernel_counts_them(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write(
        "proc/schedstat", "version 15\ncpu0 0 0 0 0 0 0 9 1500000000 1\ncpu1 0 0 0 0 0 0 9 500000000 1\n"
    )
    assert counter(2.0, "s") == collect(SPEC, tree)["runqueue.wait"]


def test_what_can_be_read_is_kept_when_a_part_is_missing(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.remove("proc/stat")
    found = []
    with pytest.raises(NoData, match="stat"):
        found.extend(SPEC.collect(tree.host, None))
    assert "load.mean{window=1m}" in readings(found)
