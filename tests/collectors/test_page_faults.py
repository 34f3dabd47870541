from perfdiag.collectors.page_faults import SPEC
from perfdiag.host.page_faults import price
from tests.collectors import collect, counter, gauge
from tests.hosts import recorded


def test_the_price_of_a_fault_and_the_huge_ones(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/vmstat", "pgfault 100\nthp_fault_alloc 7\n")
    assert {
        "memory.fault_price": gauge(price(), "s"),
        "memory.huge_faults": counter(7),
    } == collect(SPEC, tree)


def test_a_kernel_without_huge_pages_has_none(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/vmstat", "pgfault 100\n")
    assert {"memory.fault_price"} == collect(SPEC, tree).keys()
