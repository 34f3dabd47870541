import pytest

from perfdiag.host import Host
from perfdiag.host.cgroups import cpu_groups, cpu_stat_files, group_paths, hierarchies, memberships, quota

PID = 42
V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
V1 = (
    "22 28 0:20 / /sys rw,nosuid - sysfs sysfs rw\n"
    "33 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "34 32 0:30 / /sys/fs/cgroup/memory rw,nosuid shared:10 - cgroup cgroup rw,memory\n"
)
MIXED = V1 + "35 32 0:31 / /sys/fs/cgroup/unified rw,nosuid shared:11 - cgroup2 cgroup2 rw\n"


@pytest.fixture
def host(tmp_path):
    """A host made of files: `host(mountinfo, cgroup, {'path below sysfs': text})`."""

    def make(mountinfo, cgroup, files=()):
        proc, sys = tmp_path / "proc", tmp_path / "sys"
        (proc / "self").mkdir(parents=True)
        (proc / str(PID)).mkdir()
        (proc / "self" / "mountinfo").write_text(mountinfo)
        (proc / str(PID) / "cgroup").write_text(cgroup)
        for path, text in dict(files).items():
            (sys / path).parent.mkdir(parents=True, exist_ok=True)
            (sys / path).write_text(text)
        return Host(procfs=str(proc), sysfs=str(sys))

    return make


def test_where_each_hierarchy_is_mounted(host):
    found = hierarchies(host(MIXED, "0::/\n"))
    assert ("fs/cgroup/cpu,cpuacct", "/") == found["cpu"] == found["cpuacct"]
    assert (("fs/cgroup/memory", "/"), ("fs/cgroup/unified", "/")) == (found["memory"], found[""])


def test_the_group_of_a_process_in_each_hierarchy(host):
    found = memberships(host(MIXED, "5:cpu,cpuacct:/shop\n4:name=systemd:/init\n0::/shop/web\n"), PID)
    assert ("/shop", "/shop", "/shop/web") == (found["cpu"], found["cpuacct"], found[""])


def test_the_paths_of_a_group_and_its_ancestors_nearest_first(host):
    here = host(V2, "0::/shop.slice/web.service\n")
    expected = ["fs/cgroup/shop.slice/web.service", "fs/cgroup/shop.slice", "fs/cgroup"]
    assert expected == group_paths(here, PID, "")
    assert [] == group_paths(here, PID, "cpu")


def test_in_a_container_the_group_that_is_mounted_is_the_root(host):
    mounted = "30 23 0:26 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n"
    assert ["fs/cgroup/cpu/web", "fs/cgroup/cpu"] == group_paths(
        host(mounted, "5:cpu:/docker/abc/web\n"), PID, "cpu"
    )


def test_a_group_that_points_out_of_its_mount_stays_in_it(host):
    paths = group_paths(host(V2, "0::/../../etc\n"), PID, "")
    assert ["fs/cgroup/etc", "fs/cgroup"] == paths


def test_quotas_of_both_versions(host):
    here = host(
        MIXED,
        "0::/\n",
        {
            "fs/cgroup/unified/a/cpu.max": "150000 100000\n",
            "fs/cgroup/unified/b/cpu.max": "max 100000\n",
            "fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "50000\n",
            "fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
            "fs/cgroup/cpu,cpuacct/b/cpu.cfs_quota_us": "-1\n",
            "fs/cgroup/cpu,cpuacct/b/cpu.cfs_period_us": "100000\n",
            "fs/cgroup/unified/c/cpu.max": "broken\n",
        },
    )
    base = "fs/cgroup"
    assert [1.5, None] == [quota(here, f"{base}/unified/{name}") for name in "ab"]
    assert [0.5, None] == [quota(here, f"{base}/cpu,cpuacct/{name}") for name in "ab"]
    assert [None, None] == [quota(here, f"{base}/unified/{name}") for name in ("c", "missing")]


def test_the_quota_of_an_ancestor_stops_the_process_too(host):
    here = host(
        V2,
        "0::/shop/web\n",
        {
            "fs/cgroup/shop/web/cpu.max": "max 100000\n",
            "fs/cgroup/shop/cpu.max": "200000 100000\n",
            "fs/cgroup/cgroup.procs": "",
        },
    )
    assert ["fs/cgroup/shop"] == cpu_groups(here, PID)
    assert [f"{here.sysfs}/fs/cgroup/shop/cpu.stat"] == cpu_stat_files(here, PID)


def test_a_process_that_is_gone_or_a_host_without_groups_has_none(host):
    here = host("22 28 0:20 / /sys rw - sysfs sysfs rw\n", "0::/\n")
    assert [] == cpu_groups(here, PID)
    assert [] == cpu_groups(here, PID + 1)
