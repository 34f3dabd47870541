import pytest

from perfdiag.collectors.cgroup import SPEC
from perfdiag.errors import Broken, NoData
from tests.collectors import collect, counter, gauge, readings
from tests.hosts import recorded

V1, V2 = "fs/cgroup/cpu/recorded.slice", "fs/cgroup/system.slice/shop.service"


def test_a_quota_of_version_1_and_the_root_above_it(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1", "t1")
    found = collect(SPEC, tree)
    assert gauge(0.3) == found[f"cgroup.cpu.quota{{cgroup={V1}}}"]
    assert counter(36) == found[f"cgroup.periods{{cgroup={V1}}}"]
    assert counter(35) == found[f"cgroup.throttled_periods{{cgroup={V1}}}"]
    assert counter(2.020978308, "s") == found[f"cgroup.throttled{{cgroup={V1}}}"]
    assert counter(0) == found["cgroup.periods{cgroup=fs/cgroup/cpu}"]
    assert "cgroup.cpu.quota{cgroup=fs/cgroup/cpu}" not in found


def test_usage_and_quota_of_version_1_meet_though_they_are_mounted_apart(tmp_path):
    found = collect(SPEC, recorded(tmp_path, "cgroup_v1", "t1"))
    assert counter(1.056112005, "s") == found[f"cgroup.cpu.usage{{cgroup={V1}}}"]


def test_memory_of_version_1(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1", "t1")
    tree.write("sys/fs/cgroup/memory/recorded.slice/memory.failcnt", "12\n")
    found, group = collect(SPEC, tree), "fs/cgroup/memory/recorded.slice"
    assert gauge(1478656, "B") == found[f"cgroup.memory.usage{{cgroup={group}}}"]
    assert gauge(256 << 20, "B") == found[f"cgroup.memory.limit{{cgroup={group}}}"]
    assert counter(12) == found[f"cgroup.memory.events{{cgroup={group},event=max}}"]
    assert counter(0) == found[f"cgroup.memory.events{{cgroup={group},event=oom_kill}}"]
    assert "cgroup.memory.limit{cgroup=fs/cgroup/memory}" not in found


def test_version_2_with_all_groups_above(tmp_path):
    found = collect(SPEC, recorded(tmp_path, "cgroup_v2", "t1"))
    assert {V2, "fs/cgroup/system.slice", "fs/cgroup"} == {
        series.partition("cgroup=")[2].rstrip("}").partition(",")[0] for series in found
    }
    assert gauge(0.5) == found[f"cgroup.cpu.quota{{cgroup={V2}}}"]
    assert counter(420) == found[f"cgroup.periods{{cgroup={V2}}}"]
    assert counter(6.9, "s") == found[f"cgroup.throttled{{cgroup={V2}}}"]
    assert counter(5.0, "s") == found[f"cgroup.cpu.usage{{cgroup={V2}}}"]
    assert gauge(512 << 20, "B") == found[f"cgroup.memory.limit{{cgroup={V2}}}"]
    assert counter(1) == found[f"cgroup.memory.events{{cgroup={V2},event=oom_kill}}"]
    assert counter(0.4, "s") == found[f"cgroup.pressure.stall{{cgroup={V2},resource=memory,kind=some}}"]
    assert counter(4.8, "s") == found[f"cgroup.pressure.stall{{cgroup={V2},resource=cpu,kind=full}}"]
    assert "cgroup.cpu.quota{cgroup=fs/cgroup/system.slice}" not in found


def test_a_name_of_a_group_is_escaped(tmp_path):
    tree = recorded(tmp_path, "cgroup_v2")
    tree.write("proc/4711/cgroup", "0::/\x1b[31m\n")
    tree.write("sys/fs/cgroup/\x1b[31m/cpu.max", "50000 100000\n")
    assert gauge(0.5) == collect(SPEC, tree)["cgroup.cpu.quota{cgroup=fs/cgroup/\\x1b[31m}"]


def test_a_group_that_vanished_gives_what_is_left_above_it(tmp_path):
    tree = recorded(tmp_path, "cgroup_v2")
    tree.remove(f"sys/{V2}")
    found = collect(SPEC, tree)
    assert set() == {series for series in found if "shop" in series}
    assert "cgroup.cpu.usage{cgroup=fs/cgroup/system.slice}" in found


def test_a_garbled_quota_costs_itself_alone(tmp_path):
    tree = recorded(tmp_path, "cgroup_v2")
    tree.write(f"sys/{V2}/cpu.max", "lots\n")
    found = []
    with pytest.raises(Broken, match=r"cpu\.max"):
        found.extend(SPEC.collect(tree.host, 4711))
    assert f"cgroup.memory.usage{{cgroup={V2}}}" in readings(found)


def test_no_control_group_at_all_is_no_data(tmp_path):
    tree = recorded(tmp_path, "cgroup_v2")
    tree.write("proc/self/mountinfo", "27 1 254:0 / / rw - ext4 /dev/vda rw\n")
    with pytest.raises(NoData, match="4711"):
        collect(SPEC, tree)
