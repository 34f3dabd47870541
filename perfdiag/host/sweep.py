"""All processes of the host, once a second, for as little CPU as /proc allows.

`stat` and `schedstat` of each process stay open and are read again with pread: opening them anew costs more
than reading them. A descriptor belongs to the process that it was opened for; when that is gone it answers
ESRCH, even if the number has been given to another process by then.
"""

import os
import resource
from typing import NamedTuple

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.procfs import CLOCK_TICKS, PAGE, CgroupPath, parse_cgroup
from perfdiag.text import printable

_READ = 1024  # bytes: a stat line is shorter, also with the longest name and numbers
_SPARE = 256  # descriptors that are left to everything else
_MOVED = 60  # sweeps after which the control group is looked up again
_FIELDS = 22  # of stat after the name, up to rss


class Swept(NamedTuple):
    """A process as a sweep found it. `pid` and `started` (clock ticks since boot) together name it for its
    life. CPU in seconds; `delay`: seconds that its main thread was ready and waited for a CPU, 0 where the
    kernel does not count them; `resident` in bytes; `state` a letter of proc_pid_stat(5): 'D' waits for a
    device; `major_faults`: those for which a disk was read."""

    pid: int
    started: int
    comm: str
    cgroup: str
    user: float
    system: float
    delay: float
    resident: int
    threads: int
    state: str = ""
    major_faults: int = 0


class _Process:
    """The open files of one process, and what the last sweep saw in them."""

    __slots__ = ("_comm", "_delay", "_host", "_last", "_line", "_schedstat", "_stat", "_sweeps", "pid")

    def __init__(self, host: Host, pid: int) -> None:
        """OSError when the process has ended."""
        self.pid = pid
        self._host = host
        self._line, self._comm = b"", (b"", "")
        self._last: Swept | None = None
        self._delay = 0.0
        self._sweeps = 0
        self._stat = os.open(f"{host.procfs}/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._schedstat = os.open(f"{host.procfs}/{pid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._schedstat = -1

    def close(self) -> None:
        os.close(self._stat)
        if self._schedstat >= 0:
            os.close(self._schedstat)

    def read(self) -> Swept:
        """OSError when the process has ended, ValueError or IndexError for what is not a stat line."""
        line = os.pread(self._stat, _READ, 0)
        self._sweeps += 1
        if line == self._line and self._last is not None and self._sweeps % _MOVED:
            return self._last  # most processes of a host do nothing most of the time
        opened, closed = line.index(b"("), line.rindex(b")")
        words = line[closed + 2 :].split(None, _FIELDS)
        name = line[opened + 1 : closed]
        if name != self._comm[0]:  # it changes with exec and prctl
            self._comm = (name, printable(name))
        user, system = int(words[11]) / CLOCK_TICKS, int(words[12]) / CLOCK_TICKS
        last = self._last
        if last is None or user != last.user or system != last.system:
            self._delay = self._read_delay()  # the kernel books a wait when the thread gets its CPU
        self._line = line
        self._last = Swept(
            pid=self.pid,
            started=int(words[19]),
            comm=self._comm[1],
            cgroup=last.cgroup if last and self._sweeps % _MOVED else _cgroup(self._host, self.pid),
            user=user,
            system=system,
            delay=self._delay,
            resident=int(words[21]) * PAGE,
            threads=int(words[17]),
            state=chr(words[0][0]),
            major_faults=int(words[9]),
        )
        return self._last

    def _read_delay(self) -> float:
        if self._schedstat < 0:
            return 0.0
        return int(os.pread(self._schedstat, 128, 0).split()[1]) / 1e9


class Sweep:
    """Call `take` once a second and `close` at the end."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._open: dict[int, _Process] = {}
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = max(0, soft - _SPARE) // 2  # processes whose files stay open

    def take(self) -> list[Swept]:
        """Every process that can be seen, by pid. Those that end meanwhile are left out. Missing when the
        processes cannot be listed at all."""
        found = []
        known, self._open = self._open, {}
        try:
            for pid in self._host.pids():
                process = known.pop(pid, None)
                swept = self._read(pid, process)
                if swept is not None:
                    found.append(swept)
        finally:
            for process in known.values():  # ended, or not reached because the listing failed
                process.close()
        return found

    def close(self) -> None:
        for process in self._open.values():
            process.close()
        self._open = {}

    def _read(self, pid: int, process: _Process | None) -> Swept | None:
        """A kept descriptor that fails belonged to an earlier process of this number: look again once."""
        try:
            return self._keep(process or _Process(self._host, pid))
        except (OSError, ValueError, IndexError):
            if process is None:
                return None
        try:
            return self._keep(_Process(self._host, pid))
        except (OSError, ValueError, IndexError):
            return None

    def _keep(self, process: _Process) -> Swept:
        try:
            swept = process.read()
        except (OSError, ValueError, IndexError):
            process.close()
            raise
        if len(self._open) < self._most:
            self._open[process.pid] = process
        else:
            process.close()
        return swept


def _cgroup(host: Host, pid: int) -> str:
    """The group that says most about what a process belongs to: that of version 2 or of systemd, else the
    longest."""
    try:
        paths = parse_cgroup(host.proc(f"{pid}/cgroup"), f"/proc/{pid}/cgroup")
    except Missing:
        return ""
    return printable(max(paths, key=_tells).path)


def _tells(group: CgroupPath) -> tuple[bool, bool, int]:
    named = not group.controllers or "name=systemd" in group.controllers
    return group.path != "/", named, len(group.path)
