import os
import subprocess

import psutil
import pytest

from perfdiag.errors import NoData
from perfdiag.host import Host
from perfdiag.host.descriptors import open_descriptors
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
