import os
import subprocess

import psutil
import pytest

from perfdiag.errors import NoData
from perfdiag.host import Host
from perfdiag.host.descriptors import files_and_channels, kinds_of_descriptors, open_descriptors
from tests.hosts import PID, recorded


def test_the_kernel_and_psutil_count_the_same():
    with subprocess.Popen(["sleep", "60"], stdin=subprocess.PIPE) as child:
        ours, oracle = open_descriptors(Host(), child.pid), psutil.Process(child.pid).num_fds()
        child.kill()
    assert oracle == ours


def test_one_more_is_one_more():
    before = open_descriptors(Host(), os.getpid())
    descriptor = os.open("/dev/null", os.O_RDONLY)
    assert before + 1 == open_descriptors(Host(), os.getpid())
    os.close(descriptor)


def test_a_recorded_tree_is_listed(tmp_path):
    assert 3 == open_descriptors(recorded(tmp_path, "cgroup_v1").host, PID)


def test_a_process_that_is_gone_has_none_and_not_zero():
    with pytest.raises(NoData):
        open_descriptors(Host(), 2**22 + 1)


def test_what_many_descriptors_are_is_told_by_directory_and_suffix(tmp_path):
    (tmp_path / "password=hunter2").mkdir()
    opened = [open(tmp_path / f"{number}.text", "w") for number in range(5)]  # noqa: SIM115
    opened.append(open(tmp_path / "password=hunter2" / "a.key", "w"))  # noqa: SIM115
    pair = os.pipe()
    found = kinds_of_descriptors(Host(), os.getpid())
    os.close(pair[0])
    os.close(pair[1])
    for file in opened:
        file.close()
    assert (5, 1) == (found[f"{tmp_path}/*.text"], found[f"{tmp_path}/password=***/*.key"])
    assert found["pipe"] >= 2


def test_files_of_a_disk_are_told_from_sockets_pipes_and_devices(tmp_path):
    nothing = subprocess.DEVNULL
    with (tmp_path / "a.text").open("w") as file, open("/dev/null") as device, open("/proc/stat") as counters:
        pair = os.pipe()
        handed_on = (file.fileno(), device.fileno(), counters.fileno(), *pair)
        with subprocess.Popen(
            ["sleep", "60"], stdin=nothing, stdout=nothing, stderr=nothing, pass_fds=handed_on
        ) as child:
            found = files_and_channels(Host(), child.pid)
            child.kill()
        for descriptor in pair:
            os.close(descriptor)
    assert (1, 2) == found
