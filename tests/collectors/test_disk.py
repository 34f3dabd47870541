import pytest

from perfdiag.collectors.disk import SPEC
from perfdiag.errors import Broken
from tests.collectors import collect, counter, gauge
from tests.hosts import recorded

VDA = " 254 0 vda 100 5 2000 300 50 6 800 400 3 1500 2500\n"

IDLE = VDA.replace(" 400 3 ", " 400 0 ")


def test_a_device_with_hardware_behind_it(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/diskstats", VDA + VDA.replace(" 0 vda", " 1 vda1") + IDLE.replace("vda", "loop0"))
    assert {
        "disk.busy{device=vda}": counter(1.5, "s"),
        "disk.queue_time{device=vda}": counter(2.5, "s"),
        "disk.operations{device=vda,direction=read}": counter(100),
        "disk.operation_time{device=vda,direction=read}": counter(0.3, "s"),
        "disk.bytes{device=vda,direction=read}": counter(2000 * 512, "B"),
        "disk.operations{device=vda,direction=write}": counter(50),
        "disk.operation_time{device=vda,direction=write}": counter(0.4, "s"),
        "disk.bytes{device=vda,direction=write}": counter(800 * 512, "B"),
        "disk.in_flight{device=vda}": gauge(3),
        "filesystem.errors{device=vda}": counter(0),
    } == collect(SPEC, tree)


def test_a_loop_device_in_which_operations_queue_counts(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/diskstats", VDA + VDA.replace("vda", "loop0") + IDLE.replace("vda", "loop1"))
    found = collect(SPEC, tree)
    assert gauge(3) == found["disk.in_flight{device=loop0}"]
    assert set() == {series for series in found if "loop1" in series}


def test_errors_of_a_scsi_disk_are_hexadecimal(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("sys/block/vda/device/ioerr_cnt", "0x1f\n")
    assert counter(31) == collect(SPEC, tree)["disk.errors{device=vda}"]


def test_a_file_system_that_reports_errors(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("sys/fs/ext4/dm-0/errors_count", "2\n")
    assert counter(2) == collect(SPEC, tree)["filesystem.errors{device=dm-0}"]


def test_a_layer_above_disks_is_left_out(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/diskstats", VDA + VDA.replace("vda", "dm-0"))
    tree.write("sys/block/dm-0/size", "9\n")
    assert set() == {series for series in collect(SPEC, tree) if "dm-0" in series}


def test_without_sys_every_device_counts(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.remove("sys")
    assert "disk.busy{device=vda}" in collect(SPEC, tree)


def test_a_cut_line_is_broken(tmp_path):
    tree = recorded(tmp_path, "cgroup_v1")
    tree.write("proc/diskstats", VDA[:-9])
    with pytest.raises(Broken, match="diskstats"):
        collect(SPEC, tree)
