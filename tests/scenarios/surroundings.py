"""What a scenario needs of the host: a disk, and that it is quiet enough."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.servers import Unavailable

BUSY_LIMIT = 0.25  # share of all CPUs used by others in the second before a run
STALL_LIMIT = 0.25  # share of that second in which something waited for a CPU or a disk (PSI)
NOT_DURABLE = frozenset({"tmpfs", "ramfs", "overlay"})  # fsync does nothing, or what it does is unknown


def mounts() -> list[tuple[str, str, str]]:
    """(mount point, type, super options) of each mount; proc(5), mountinfo."""
    rows = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ", 1)
        rows.append((left.split()[4], right.split()[0], right.split()[2]))
    return rows


def durable_directory() -> str:
    """A directory whose file system writes to a device."""
    for directory in ("/var/tmp", "/tmp", str(Path.home())):
        holding = [row for row in mounts() if Path(directory).is_relative_to(row[0])]
        if max(holding, key=lambda row: len(row[0]))[1] not in NOT_DURABLE:
            return directory
    raise Unavailable("no directory on a file system with durable writes")


def may_have_names() -> bool:
    """Whether a program can be given a mount namespace, where its name server is another one."""
    command = shutil.which("unshare")
    return command is not None and subprocess.run([command, "--mount", "true"]).returncode == 0


@contextmanager
def loop_device(directory: Path, size: int) -> Iterator[str]:
    """The path of a block device over a file there; what the file's disk takes, it takes."""
    image = directory / "volume.image"
    with image.open("wb") as file:
        for _ in range(size >> 20):
            file.write(os.urandom(1 << 20))
        file.flush()
        os.fsync(file.fileno())
    command = ["losetup", "--find", "--show", "--direct-io=on", str(image)]
    try:
        path = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"cannot make a loop device: {error}") from error
    try:
        yield path
    finally:
        subprocess.run(["losetup", "--detach", path], check=True)


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
