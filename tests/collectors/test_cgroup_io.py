import pytest

from perfdiag.collectors.cgroup_io import SPEC
from perfdiag.errors import Broken
from tests.collectors import collect, counter, gauge
from tests.hosts import PID, recorded

V1 = "sys/fs/cgroup/blkio"


def limited(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write(f"{V1}/blkio.throttle.read_bps_device", "254:0 20971520\n")
    tree.write(f"{V1}/blkio.throttle.write_iops_device", "254:0 800\n")
    tree.write(
        f"{V1}/blkio.throttle.io_service_bytes",
        "254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 0\n254:0 Total 12288\nTotal 12288\n",
    )
    tree.write(f"{V1}/blkio.throttle.io_serviced", "254:0 Read 1\n254:0 Write 2\nTotal 3\n")
    return tree


def test_the_limits_of_version_1_and_what_was_done_of_them(tmp_path):
    of = "cgroup=fs/cgroup/blkio,device=254:0"
    assert {
        f"cgroup.io.limit{{{of},direction=read,of=bytes}}": gauge(20971520, "B/s"),
        f"cgroup.io.done{{{of},direction=read,of=bytes}}": counter(4096, "B"),
        f"cgroup.io.limit{{{of},direction=write,of=operations}}": gauge(800, "1/s"),
        f"cgroup.io.done{{{of},direction=write,of=operations}}": counter(2),
        "cgroup.io.limits": gauge(2),
    } == collect(SPEC, limited(tmp_path))


def test_the_limits_of_version_2(tmp_path):
    tree = recorded(tmp_path, "cgroup_v2")
    group = "sys/fs/cgroup/system.slice/shop.service"
    tree.write(f"{group}/io.max", "8:16 rbps=2097152 wbps=max riops=max wiops=120\n")
    tree.write(f"{group}/io.stat", "8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n")
    found = collect(SPEC, tree)
    of = "cgroup=fs/cgroup/system.slice/shop.service,device=8:16"
    assert gauge(2097152, "B/s") == found[f"cgroup.io.limit{{{of},direction=read,of=bytes}}"]
    assert counter(353) == found[f"cgroup.io.done{{{of},direction=write,of=operations}}"]
    assert gauge(2) == found["cgroup.io.limits"]
    assert 5 == len(found)


def test_without_a_limit_there_are_none(tmp_path):
    assert {"cgroup.io.limits": gauge(0)} == collect(SPEC, recorded(tmp_path, "cgroup_v1"))


def test_a_line_that_is_none_is_broken(tmp_path):
    tree = limited(tmp_path)
    tree.write(f"{V1}/blkio.throttle.read_bps_device", "254:x 20971520\n")
    with pytest.raises(Broken, match="read_bps_device"):
        list(SPEC.collect(tree.host, PID))
