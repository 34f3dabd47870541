"""What a scenario needs around the target: a CPU quota, a disk, and a host that is quiet enough."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.servers import Unavailable

PERIOD_US = 100_000
GROUP = "perfdiag-scenario-"  # and the runner's pid
BUSY_LIMIT = 0.25  # share of all CPUs used by others in the second before a run
STALL_LIMIT = 0.25  # share of that second in which something waited for a CPU or a disk (PSI)
NOT_DURABLE = frozenset({"tmpfs", "ramfs", "overlay"})  # fsync does nothing, or what it does is unknown


def _mounts() -> list[tuple[str, str, str]]:
    """(mount point, type, super options) of each mount; proc(5), mountinfo."""
    rows = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ", 1)
        rows.append((left.split()[4], right.split()[0], right.split()[2]))
    return rows


def durable_directory() -> str:
    """A directory whose file system writes to a device."""
    for directory in ("/var/tmp", "/tmp", str(Path.home())):
        holding = [row for row in _mounts() if Path(directory).is_relative_to(row[0])]
        if max(holding, key=lambda row: len(row[0]))[1] not in NOT_DURABLE:
            return directory
    raise Unavailable("no directory on a file system with durable writes")


def _limit_v1(mount: str, name: str, quota: float) -> Path:
    group = Path(mount) / name
    group.mkdir()
    (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
    (group / "cpu.cfs_quota_us").write_text(str(int(quota * PERIOD_US)))
    return group


def _limit_v2(mount: str, name: str, quota: float) -> Path:
    group = Path(mount) / name
    group.mkdir()
    if not (group / "cpu.max").exists():
        group.rmdir()
        raise Unavailable("the cgroup v2 tree has no cpu controller here")
    (group / "cpu.max").write_text(f"{int(quota * PERIOD_US)} {PERIOD_US}")
    return group


@contextmanager
def quota_group(quota: float) -> Iterator[Path]:
    """A cgroup that may use `quota` CPUs; removed when its tasks are gone."""
    name = f"{GROUP}{os.getpid()}"
    v1 = [point for point, kind, options in _mounts() if kind == "cgroup" and "cpu" in options.split(",")]
    v2 = [point for point, kind, _ in _mounts() if kind == "cgroup2"]
    for stale in Path((v1 or v2 or ["/nowhere"])[0]).glob(f"{GROUP}*"):  # of a runner that was killed
        _remove(stale, tries=1)
    try:
        if v1:
            group = _limit_v1(v1[0], name, quota)
        elif v2:
            group = _limit_v2(v2[0], name, quota)
        else:
            raise Unavailable("no cgroup file system is mounted")
    except OSError as error:
        raise Unavailable(f"cannot make a cgroup with a CPU quota: {error}") from error
    try:
        yield group
    finally:
        _remove(group)


def _remove(group: Path, tries: int = 100) -> None:
    for _ in range(tries):
        try:
            group.rmdir()
        except OSError:  # a task of it is still ending
            time.sleep(0.02)
        else:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What others do on this host: shares of all CPUs and of the wall time."""

    busy: float
    stalled: float

    @property
    def quiet(self) -> bool:
        return self.busy <= BUSY_LIMIT and self.stalled <= STALL_LIMIT

    def __str__(self) -> str:
        return f"others use {self.busy:.0%} of the CPUs and stall {self.stalled:.0%} of the time"


def _cpu_times() -> tuple[int, int]:
    """(busy, all) clock ticks of all CPUs; stolen time is busy, since it is missing here."""
    fields = [int(text) for text in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def _stalled_us() -> tuple[int, int]:
    """Microseconds in which some task waited for a CPU, for a disk; 0 without PSI."""

    def total(resource: str) -> int:
        path = Path("/proc/pressure") / resource
        return int(path.read_text().split("\n", 1)[0].rsplit("total=", 1)[1]) if path.exists() else 0

    return total("cpu"), total("io")


def listen(seconds: float = 1.0) -> Noise:
    (busy0, all0), stalled0, at = _cpu_times(), _stalled_us(), time.monotonic()
    time.sleep(seconds)
    (busy1, all1), stalled1 = _cpu_times(), _stalled_us()
    wall = time.monotonic() - at
    stalled = max(after - before for before, after in zip(stalled0, stalled1, strict=True))
    return Noise(busy=(busy1 - busy0) / max(1, all1 - all0), stalled=stalled / 1e6 / wall)


def wait_for_quiet(patience: float) -> Noise:
    """Listens until it is quiet or `patience` seconds have passed; what was heard last."""
    deadline = time.monotonic() + patience
    while not (noise := listen()).quiet and time.monotonic() < deadline:
        pass
    return noise
