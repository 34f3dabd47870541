import pytest

from perfdiag.errors import Broken
from perfdiag.host.cgroupfs import (
    CpuStat,
    parse_cpu_max,
    parse_cpu_quota,
    parse_cpu_stat,
    parse_device_counts,
    parse_device_limits,
    parse_io_keyed,
    parse_keyed,
    parse_limit,
)


def test_both_versions_of_cpu_stat():
    assert CpuStat(17, 16, 0.73) == parse_cpu_stat(
        "nr_periods 17\nnr_throttled 16\nthrottled_time 730000000\n"
    )
    assert CpuStat(17, 16, 0.73) == parse_cpu_stat(
        "usage_usec 9\nuser_usec 5\nnr_periods 17\nnr_throttled 16\nthrottled_usec 730000\nnr_bursts 0\n"
    )


def test_a_group_without_the_cpu_controller_has_no_periods():
    assert None is parse_cpu_stat("usage_usec 9\nuser_usec 5\nsystem_usec 4\n")


@pytest.mark.parametrize(
    "text", ["nr_periods 1\n", "nr_periods x\n", "nr_periods 1\nnr_throttled 1\nthrottled_"]
)
def test_a_broken_cpu_stat(text):
    with pytest.raises(Broken, match=r"cpu\.stat"):
        parse_cpu_stat(text)


def test_quotas_of_both_versions():
    assert 0.5 == parse_cpu_max("50000 100000\n")
    assert None is parse_cpu_max("max 100000\n")
    assert 2.0 == parse_cpu_quota("200000\n", "100000\n")
    assert None is parse_cpu_quota("-1\n", "100000\n")


@pytest.mark.parametrize("text", ["50000\n", "50000 0\n", "most 100000\n", ""])
def test_a_broken_cpu_max(text):
    with pytest.raises(Broken, match=r"cpu\.max"):
        parse_cpu_max(text)


def test_a_period_of_nothing_is_broken():
    with pytest.raises(Broken):
        parse_cpu_quota("50000\n", "0\n")


def test_memory_limits_of_both_versions():
    assert 1 << 30 == parse_limit("1073741824\n", "memory.max")
    assert None is parse_limit("max\n", "memory.max")
    assert None is parse_limit("9223372036854771712\n", "memory.limit_in_bytes")
    with pytest.raises(Broken, match=r"memory\.max"):
        parse_limit("much\n", "memory.max")


def test_keyed_files():
    assert {"low": 0, "oom_kill": 3} == parse_keyed("low 0\noom_kill 3\n", "memory.events")
    assert {} == parse_keyed("", "memory.events")


def test_limits_of_devices_and_what_was_done_of_them():
    assert {"254:0": 800, "8:16": 1} == parse_device_limits("254:0 800\n8:16 1\n", "x")
    assert {} == parse_device_limits("", "x")
    text = "254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 1\n254:0 Total 12288\nTotal 12288\n"
    assert {("254:0", "read"): 4096, ("254:0", "write"): 8192} == parse_device_counts(text, "x")


def test_io_of_version_2_by_device_and_name():
    assert {"8:16": {"rbps": 2097152}, "8:0": {}} == parse_io_keyed(
        "8:16 rbps=2097152 wbps=max\n8:0 wbps=max\n", "x"
    )
    assert {"8:16": {"rios": 1, "wios": 2}} == parse_io_keyed("8:16 rios=1 wios=2\n", "x")


def test_devices_without_anything_may_stand_in_the_line_of_another():
    text = "8:32 8:16 rbytes=5 wbytes=7\n(unknown) rbytes=9\n\n8:0 rbytes=1\n7:7 7:6 "
    assert {"8:32": {}, "8:16": {"rbytes": 5, "wbytes": 7}, "8:0": {"rbytes": 1}} == parse_io_keyed(text, "x")
    assert {} == parse_io_keyed("", "x")
    assert {} == parse_device_counts("(unknown) Read 1\nTotal 1\n", "x")


@pytest.mark.parametrize("text", ["rbytes=1\n", "8:0 rbytes=much\n", "8:0 rbytes=1", "8:a\n"])
def test_broken_io_of_version_2(text):
    with pytest.raises(Broken, match="file x"):
        parse_io_keyed(text, "file x")


@pytest.mark.parametrize("text", ["254 800\n", "a:0 800\n", "254:0 many\n", "254:0 8"])
def test_broken_limits_of_devices(text):
    with pytest.raises(Broken, match="file x"):
        parse_device_limits(text, "file x")
