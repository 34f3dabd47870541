import pytest

from perfdiag.collectors.files import SPEC
from perfdiag.errors import Broken, NoData
from tests.collectors import collect, gauge
from tests.hosts import recorded


def test_open_files_and_their_limit(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/sys/fs/file-nr", "1664\t64\t2466170\n")
    assert {"files.open": gauge(1600), "files.limit": gauge(2466170)} == collect(SPEC, tree)


@pytest.mark.parametrize("text", ["", "1 2\n", "x 0 1\n", "1 0 2"])
def test_what_is_not_three_numbers_is_broken(tmp_path, text):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/sys/fs/file-nr", text)
    with pytest.raises(Broken):
        collect(SPEC, tree)


def test_a_host_without_the_file_gives_a_fault(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.remove("proc/sys")
    with pytest.raises(NoData):
        collect(SPEC, tree)
