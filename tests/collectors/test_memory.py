import resource

from perfdiag.collectors.memory import SPEC
from tests.collectors import collect, counter, gauge
from tests.hosts import recorded

PAGE = resource.getpagesize()


def test_levels_and_events(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/meminfo", "MemTotal: 4 kB\nMemAvailable: 2 kB\nHugePages_Total: 7\nSwapTotal: 0 kB\n")
    tree.write("proc/vmstat", (
        "pgfault 100\npgmajfault 3\npswpin 2\npswpout 5\npgscan_kswapd 7\npgscan_direct 1\noom_kill 1\n"
        "workingset_refault_file 4\nworkingset_refault_anon 6\nallocstall_normal 8\nallocstall_movable 9\n"
    ))  # fmt: skip
    assert {
        "memory.total": gauge(4096, "B"),
        "memory.available": gauge(2048, "B"),
        "swap.total": gauge(0, "B"),
        "memory.oom_kills": counter(1),
        "memory.faults{kind=minor}": counter(97),
        "memory.faults{kind=major}": counter(3),
        "swap.bytes{direction=in}": counter(2 * PAGE, "B"),
        "swap.bytes{direction=out}": counter(5 * PAGE, "B"),
        "memory.scanned{kind=kswapd}": counter(7 * PAGE, "B"),
        "memory.scanned{kind=direct}": counter(1 * PAGE, "B"),
        "memory.refaults{kind=file}": counter(4),
        "memory.refaults{kind=anon}": counter(6),
        "memory.stalls": counter(17),
    } == collect(SPEC, tree)


def test_what_an_old_kernel_does_not_count_is_absent_and_not_zero(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/vmstat", "pgfault 100\npswpin 2\n")
    found = collect(SPEC, tree)
    assert set() == {"memory.oom_kills", "memory.faults{kind=minor}", "memory.stalls"} & found.keys()
    assert "swap.bytes{direction=in}" in found
