import pytest

from perfdiag.collectors.pressure import SPEC
from perfdiag.errors import NoData
from tests.collectors import collect, counter, readings
from tests.hosts import recorded


def test_totals_in_seconds(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/pressure/memory", "some avg10=0.00 total=2500000\nfull avg10=0.00 total=1000000\n")
    found = collect(SPEC, tree)
    assert counter(2.5, "s") == found["pressure.stall{resource=memory,kind=some}"]
    assert counter(1.0, "s") == found["pressure.stall{resource=memory,kind=full}"]
    assert "pressure.stall{resource=cpu,kind=some}" in found
    assert "pressure.stall{resource=cpu,kind=full}" not in found


def test_a_host_without_psi_gives_a_fault_and_no_zeros(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.remove("proc/pressure")
    found = []
    with pytest.raises(NoData, match=r"pressure/cpu.*pressure/io"):
        found.extend(SPEC.collect(tree.host, None))
    assert [] == found


def test_a_half_present_tree_keeps_what_is_there(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.remove("proc/pressure/cpu")
    found = []
    with pytest.raises(NoData):
        found.extend(SPEC.collect(tree.host, None))
    assert 4 == len(readings(found))
