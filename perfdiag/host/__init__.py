"""The only door to the world: files of /proc and /sys, processes, memory, commands and the clock.

`Host(procfs=..., sysfs=...)` reads recorded trees as well as the live machine, so every collector is tested
without one. All reads are bounded and raise `Missing` (NoData, Denied, Broken), never OSError.

Only reads that the kernel answers without waiting for the process itself belong here (`stat`, `status`,
`schedstat`, ...); `cmdline`, `maps`, `fd/*` and `smaps` can block for ever and go through `host.inspector`.
"""

import errno
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from perfdiag.errors import Broken, Denied, NoData
from perfdiag.host.clock import Clock, SystemClock

if TYPE_CHECKING:
    from perfdiag.host.gpu import Gpus

_LIMIT = 1 << 20
_GONE = {errno.ENOENT, errno.ESRCH, errno.ENOTDIR, errno.ENODEV, errno.EOPNOTSUPP}
_DENIED = {errno.EACCES, errno.EPERM}


def raise_missing(path: str, error: OSError | ValueError) -> NoReturn:
    if isinstance(error, ValueError):
        raise NoData(f"{path!r}: no file has such a name") from error  # a null byte in it
    reason = os.strerror(error.errno or 0)
    if error.errno in _GONE:
        raise NoData(f"{path}: {reason}") from error
    if error.errno in _DENIED:
        raise Denied(f"{path}: {reason}") from error
    raise Broken(f"{path}: {reason}") from error


def _nvml() -> "Gpus":
    from perfdiag.host.gpu import NvmlGpus  # which asks a child that is given a Host

    return NvmlGpus()


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Roots of the world. `proc("net/dev")` and `sys("block/sda/stat")` return bounded text."""

    procfs: str = "/proc"
    sysfs: str = "/sys"
    clock: Clock = field(default_factory=SystemClock)
    gpus: "Gpus" = field(default_factory=_nvml, compare=False, repr=False)

    def proc(self, path: str, limit: int = _LIMIT) -> str:
        return self._read(f"{self.procfs}/{path}", limit)

    def sys(self, path: str, limit: int = _LIMIT) -> str:
        return self._read(f"{self.sysfs}/{path}", limit)

    def list_proc(self, path: str = "") -> list[str]:
        return self._list(f"{self.procfs}/{path}")

    def list_sys(self, path: str) -> list[str]:
        return self._list(f"{self.sysfs}/{path}")

    def link_proc(self, path: str) -> str:
        """Where a symbolic link points, not followed."""
        try:
            return os.readlink(f"{self.procfs}/{path}")
        except (OSError, ValueError) as error:
            raise_missing(f"{self.procfs}/{path}", error)

    def pids(self) -> list[int]:
        """Process ids that can be seen, ascending."""
        return sorted(int(name) for name in self.list_proc() if name.isascii() and name.isdigit())

    def _read(self, path: str, limit: int) -> str:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                parts, left = [], limit
                while left > 0 and (part := os.read(descriptor, min(left, 1 << 16))):
                    parts.append(part)
                    left -= len(part)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise_missing(path, error)
        return b"".join(parts).decode("utf-8", "surrogateescape")

    def _list(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(path))
        except (OSError, ValueError) as error:
            raise_missing(path, error)
