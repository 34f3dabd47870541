import psutil
import pytest

from perfdiag.errors import Broken
from perfdiag.host.procfs import CLOCK_TICKS
from perfdiag.host.procfs_system import (
    CPU_MODES,
    SECTOR,
    Load,
    Pressure,
    parse_diskstats,
    parse_host_schedstat,
    parse_loadavg,
    parse_meminfo,
    parse_pressure,
    parse_system_stat,
    parse_vmstat,
)

DISK = " 254       0 vda 86138 15753 5897826 78276 900641 93882 11943872 52138 3 48008 144301"


def read(path: str) -> str:
    with open(f"/proc/{path}", encoding="utf-8") as file:
        return file.read()


def test_an_old_kernel_has_fewer_modes_and_a_new_one_more_lines():
    counts = "ctxt 5\nprocesses 6\nprocs_running 2\nprocs_blocked 1\n"
    text = f"cpu  1 2 3 4\ncpu0 1 2 3 4\nintr 9 9\n{counts}new 1 2\n"
    stat = parse_system_stat(text)
    assert {"cpu": (1, 2, 3, 4), "cpu0": (1, 2, 3, 4)} == stat.cpus
    assert (5, 6, 2, 1) == stat[1:]


@pytest.mark.parametrize(
    "text", ["cpu 1 2 3\n", "cpu0 a b c d\n", "cpux 1 2 3 4\n", "cpu 1 2 3 4\n", "ctxt 1"]
)
def test_a_broken_system_stat(text):
    with pytest.raises(Broken, match="/proc/stat"):
        parse_system_stat(text)


def test_loadavg():
    assert Load(1.38, 0.79, 0.45, 2, 106) == parse_loadavg("1.38 0.79 0.45 2/106 25492\n")
    with pytest.raises(Broken):
        parse_loadavg("1.38 0.79 0.45 2 25492\n")


def test_meminfo_is_in_bytes_and_counts_of_pages_are_left_out():
    text = "MemTotal:       16384 kB\nHugePages_Total:       3\nActive(anon):       4 kB\n"
    assert {"MemTotal": 1 << 24, "Active(anon)": 4096} == parse_meminfo(text)


def test_vmstat_gives_what_is_wanted_and_there():
    assert {"oom_kill": 2} == parse_vmstat("pgfault 1\noom_kill 2\n", {"oom_kill", "absent"})


def test_pressure_of_new_and_old_kernels():
    some = "some avg10=2.90 avg60=4.62 avg300=4.59 total=58595482\n"
    full = "full avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n"
    assert Pressure(58.595482, 1.0) == parse_pressure(some + full)
    assert Pressure(58.595482, None) == parse_pressure(some)
    for text in (full, some[:-2], "some total=x\n", "most total=1\n"):
        with pytest.raises(Broken):
            parse_pressure(text)


@pytest.mark.parametrize("rest", ["", " 1 2 3 4", " 1 2 3 4 5 6"])
def test_diskstats_of_all_kernels(rest):
    (disk,) = parse_diskstats(f"{DISK}{rest}\n")
    assert ("vda", 86138, 900641, 3, 48008, 144301) == (
        disk.name,
        disk.reads,
        disk.writes,
        disk.in_flight,
        disk.busy_ms,
        disk.weighted_ms,
    )
    assert () == parse_diskstats("")


def test_a_cut_line_of_diskstats_is_broken():
    with pytest.raises(Broken, match="diskstats"):
        parse_diskstats(DISK[:-20] + "\n")


def test_schedstat_of_the_host():
    text = (
        "version 17\ntimestamp 4294\ncpu0 0 0 0 0 0 0 1500 250 12\n"
        "domain0 MC 3 1 2 3\ncpu1 0 0 0 0 0 0 9 8 7\n"
    )
    assert {"cpu0": (1500, 250), "cpu1": (9, 8)} == parse_host_schedstat(text)
    with pytest.raises(Broken):
        parse_host_schedstat("cpu0 1 2 3\n")


def test_psutil_reads_the_same_of_this_machine():
    stat = parse_system_stat(read("stat"))
    assert psutil.cpu_count() == len(stat.cpus) - 1
    oracle = psutil.cpu_times()
    for mode, ticks in zip(CPU_MODES, stat.cpus["cpu"], strict=False):
        assert pytest.approx(getattr(oracle, mode), abs=2) == ticks / CLOCK_TICKS
    memory = parse_meminfo(read("meminfo"))
    assert psutil.virtual_memory().total == memory["MemTotal"]
    assert psutil.swap_memory().total == memory["SwapTotal"]
    disks = {disk.name: disk for disk in parse_diskstats(read("diskstats"))}
    for name, counters in psutil.disk_io_counters(perdisk=True, nowrap=False).items():
        assert counters.read_count <= disks[name].reads + 100
        assert pytest.approx(counters.read_bytes, rel=0.01, abs=1 << 20) == disks[name].read_sectors * SECTOR
        assert pytest.approx(counters.busy_time, rel=0.01, abs=1000) == disks[name].busy_ms
