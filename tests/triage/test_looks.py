"""Which control groups are asked, and through whom."""

import perfdiag.collectors
from perfdiag.plugins import Collector, discover
from perfdiag.triage.looks import Looks
from tests.triage.machine import Machine


def looks(machine):
    return Looks(machine.host, discover(perfdiag.collectors, Collector))


def group_samples(looks, look):
    return {
        (one.name, dict(one.labels)["cgroup"])
        for one in looks.snapshots[look].samples
        if one.name.startswith("cgroup.")
    }


def test_only_groups_with_a_limit_are_kept_and_each_of_them_once(tmp_path):
    machine = Machine(tmp_path)
    for pid, group in ((1, "/init"), (50, "/shop"), (51, "/shop"), (52, "/calm")):
        machine.start(pid, group=group)
    for group, quota in (("shop", "50000 100000"), ("calm", "max 100000")):
        machine.tree.write(f"sys/fs/cgroup/{group}/cpu.max", f"{quota}\n")
        machine.tree.write(
            f"sys/fs/cgroup/{group}/cpu.stat",
            "usage_usec 1\nnr_periods 1\nnr_throttled 0\nthrottled_usec 0\n",
        )
    one = looks(machine)
    one.take()
    one.take()
    one.close()
    for look in (0, 1):
        assert ("cgroup.cpu.quota", "fs/cgroup/shop") in group_samples(one, look)
        assert ("cgroup.cpu.usage", "fs/cgroup/calm") not in group_samples(one, look)
    assert {"/shop"} == one.members["fs/cgroup/shop"]
    assert {"/init", "/shop", "/calm"} == one.members["fs/cgroup"]
    keys = [(sample.name, sample.labels) for sample in one.snapshots[1].samples]
    assert len(set(keys)) == len(keys)


def test_a_group_of_which_all_processes_ended_is_left_out(tmp_path):
    machine = Machine(tmp_path)
    machine.start(1)
    machine.start(50, group="/shop")
    machine.tree.write("sys/fs/cgroup/shop/cpu.max", "50000 100000\n")
    one = looks(machine)
    one.take()
    machine.tree.remove("proc/50")
    one._sweep.close()  # what the kernel does to descriptors of a process that ended
    one.take()
    one.close()
    assert set() == {pair for pair in group_samples(one, 1) if pair[1].endswith("shop")}
