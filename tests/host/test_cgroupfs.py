import pytest

from perfdiag.errors import Broken
from perfdiag.host.cgroupfs import (
    CpuStat,
    parse_cpu_max,
    parse_cpu_quota,
    parse_cpu_stat,
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
