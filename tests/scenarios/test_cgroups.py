"""The texts that limit a cgroup, of both versions; and that a group lasts as long as its scenario."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.cgroups import disk_of, joining, limited, limits_of
from tests.scenarios.servers import Unavailable
from tests.scenarios.surroundings import durable_directory

HERE = Path(__file__).parent


def test_a_scenario_without_limits_has_none() -> None:
    assert [] == limits_of(SCENARIOS["cpu.hot-code"], HERE)


def test_a_quota_is_a_part_of_the_period() -> None:
    (limit,) = limits_of(SCENARIOS["cpu.throttled"], HERE)
    assert (("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "50000")) == limit.v1
    assert ("cpu.max", "50000 100000") == limit.v2


def test_memory_and_the_speed_of_a_disk_are_limited_together() -> None:
    try:
        place = Path(durable_directory())
        disk = disk_of(place)
    except Unavailable as missing:
        pytest.skip(str(missing))
    memory, speed = limits_of(SCENARIOS["memory.pressure"], place)
    assert (("memory.max", str(80 << 20)), "memory") == (memory.v2, memory.controller)
    assert (("blkio.throttle.read_bps_device", f"{disk} {8 << 20}"),) == speed.v1
    assert ("io.max", f"{disk} rbps={8 << 20}") == speed.v2


def test_a_child_enters_the_group_and_the_group_goes_when_it_ends() -> None:
    try:
        with limited(SCENARIOS["cpu.throttled"], HERE) as groups:
            child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, preexec_fn=joining(groups))
            members = (groups[0] / "cgroup.procs").read_text().split()
            child.communicate()
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert [str(child.pid)] == members
    assert str(os.getpid()) in groups[0].name
    assert not groups[0].exists()
