"""Control groups that limit a target: CPU time, memory, and the speed of a disk; of version 1 or 2."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.servers import Unavailable, end_with_parent
from tests.scenarios.surroundings import mounts
from tests.scenarios.truth import Scenario

PERIOD_US = 100_000
GROUP = "perfdiag-scenario-"  # and the runner's pid
THROTTLE = {  # io.max of version 2: the file of version 1
    "rbps": "blkio.throttle.read_bps_device",
    "wbps": "blkio.throttle.write_bps_device",
    "riops": "blkio.throttle.read_iops_device",
    "wiops": "blkio.throttle.write_iops_device",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit: the (file, text) that set it, in a group of version 1 and of version 2."""

    controller: str  # of version 1
    v1: tuple[tuple[str, str], ...]
    v2: tuple[str, str]


def disk_of(directory: Path) -> str:
    """'MAJOR:MINOR' of the whole disk that holds a directory; limits cannot be set on a partition."""
    number = directory.stat().st_dev
    name = f"{os.major(number)}:{os.minor(number)}"
    place = Path("/sys/dev/block", name)
    if not place.exists():
        raise Unavailable(f"{directory} is not on a disk of its own name ({name})")
    return (place.resolve().parent / "dev").read_text().strip() if (place / "partition").exists() else name


def limits_of(scenario: Scenario, directory: Path) -> list[Limit]:
    limits = []
    if scenario.quota:
        quota = str(int(scenario.quota * PERIOD_US))
        files = (("cpu.cfs_period_us", str(PERIOD_US)), ("cpu.cfs_quota_us", quota))
        limits.append(Limit(controller="cpu", v1=files, v2=("cpu.max", f"{quota} {PERIOD_US}")))
    if scenario.memory:
        text = str(scenario.memory)
        limits.append(
            Limit(controller="memory", v1=(("memory.limit_in_bytes", text),), v2=("memory.max", text))
        )
    if scenario.disk:
        (name, value), disk = scenario.disk, disk_of(directory)
        files = ((THROTTLE[name], f"{disk} {value}"),)
        limits.append(Limit(controller="blkio", v1=files, v2=("io.max", f"{disk} {name}={value}")))
    return limits


def _mount_of(limit: Limit) -> tuple[Path, int]:
    """Where groups for this limit are made, and the version of that tree."""
    for point, kind, options in mounts():
        if kind == "cgroup" and limit.controller in options.split(","):
            return Path(point), 1
    for point, kind, _ in mounts():
        if kind == "cgroup2":
            return Path(point), 2
    raise Unavailable("no cgroup file system is mounted")


def _set(group: Path, files: Sequence[tuple[str, str]]) -> None:
    for file, text in files:
        if not (group / file).exists():
            raise Unavailable(f"the cgroups have no {file} here")
        (group / file).write_text(text)


@contextmanager
def _group(limit: Limit) -> Iterator[Path]:
    mount, version = _mount_of(limit)
    for stale in mount.glob(f"{GROUP}*"):  # of a runner that was killed
        if not Path("/proc", stale.name.removeprefix(GROUP)).exists():
            _remove(stale, tries=1)
    group = mount / f"{GROUP}{os.getpid()}"
    try:
        try:
            group.mkdir(exist_ok=True)  # version 2 has all limits in one
            _set(group, limit.v1 if version == 1 else (limit.v2,))
            (group / "cgroup.procs").chmod(0o666)  # a server that gives up root enters after it has
        except OSError as error:
            raise Unavailable(f"cannot make a cgroup with a limit of {limit.controller}: {error}") from error
        yield group
    finally:
        _remove(group)


def _remove(group: Path, tries: int = 100) -> None:
    for _ in range(tries):
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:  # a task of it is still ending
            time.sleep(0.02)
        else:
            return


@contextmanager
def limited(scenario: Scenario, directory: Path) -> Iterator[list[Path]]:
    """The groups that a scenario asks for, that of a CPU quota first; removed when their tasks are gone."""
    with ExitStack() as stack:
        yield [stack.enter_context(_group(limit)) for limit in limits_of(scenario, directory)]


def joining(groups: list[Path]) -> Callable[[], None]:
    """What a new child does to enter the groups before it becomes the target."""

    def enter() -> None:
        end_with_parent()
        for group in groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    return enter
