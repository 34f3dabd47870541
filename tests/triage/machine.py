"""A recorded host with processes of a test's own, which moves when the test says so."""

from dataclasses import dataclass, field
from pathlib import Path

from perfdiag.host import Host
from tests.hosts import RecordedHost, files_of

STAT = "{pid} ({comm}) {state} 1 1 1 0 -1 0 0 0 {faults} 0 {user} 0 0 0 20 0 1 0 {started} 1000 {pages} 1 1\n"
STATUS = (
    "Name:\t{comm}\nTgid:\t{pid}\nUid:\t0\t0\t0\t0\nVmSwap:\t{swapped} kB\n"
    "voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t1\n"
)
IO = (
    "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: {read}\nwrite_bytes: {written}\n"
    "cancelled_write_bytes: 0\n"
)


@dataclass
class StoppedClock:
    """A clock that moves by what is slept, and calls `moved` with the seconds."""

    now: float = 1000.0
    moved: list = field(default_factory=list)

    def monotonic_ns(self):
        return round(self.now * 1e9)

    def wall(self):
        return 1.79e9 + self.now

    def sleep(self, seconds):
        self.now += seconds
        for call in self.moved:
            call(seconds)


class Machine:
    """Two CPUs and a disk. `cpu`: seconds of CPU a second, `stalls`: some task waits for a CPU."""

    def __init__(self, root: Path, case: str = "cgroup_v2") -> None:
        self.tree = RecordedHost(root, files_of(case, "t0"))
        self.tree.remove("proc/4711")
        self.clock = StoppedClock()
        self.clock.moved.append(self.live)
        self.busy = self.stalled = 0.0
        self.cpu, self.stalls = 0.1, 0.0
        self.processes: dict[int, dict] = {}
        self.live(0.0)

    @property
    def host(self) -> Host:
        return Host(procfs=str(self.tree.root / "proc"), sysfs=str(self.tree.root / "sys"), clock=self.clock)

    def start(self, pid: int, comm: str = "worker", **fields) -> None:
        """`cpu` and `written` are a second; without `io` that is denied."""
        wanted = {
            "user": 0.0,
            "cpu": 0.0,
            "pages": 1000,
            "written": 0,
            "bytes": 0,
            "group": "/",
            "state": "S",
            "io": True,
        }
        self.processes[pid] = {"pid": pid, "comm": comm, "started": pid, **wanted, **fields}
        self._write(pid)

    def live(self, seconds: float) -> None:
        self.busy += self.cpu * seconds
        self.stalled += self.stalls * seconds
        user, idle = round(self.busy * 100), round((2 * (self.clock.now - 1000) - self.busy) * 100)
        rest = "intr 1\nctxt 9\nbtime 1\nprocesses 5\nprocs_running 1\nprocs_blocked 0\n"
        self.tree.write("proc/stat", f"cpu {user} 0 0 {idle} 0 0 0 0\ncpu0 0 0 0 0\ncpu1 0 0 0 0\n{rest}")
        total = round(self.stalled * 1e6)
        self.tree.write("proc/pressure/cpu", f"some avg10=0 total={total}\nfull avg10=0 total=0\n")
        for pid, process in self.processes.items():
            process["user"] += process["cpu"] * seconds
            process["bytes"] += process["written"] * seconds
            self._write(pid)

    def _write(self, pid: int) -> None:
        one = self.processes[pid]
        stat = STAT.format_map(one | {"user": round(one["user"] * 100), "faults": 0})
        self._put(f"proc/{pid}/stat", stat)
        self._put(f"proc/{pid}/schedstat", "0 0 1\n")
        self._put(f"proc/{pid}/cgroup", f"0::{one['group']}\n")
        self._put(f"proc/{pid}/status", STATUS.format_map(one | {"swapped": 8}))
        if one["io"]:
            self._put(f"proc/{pid}/io", IO.format(read=0, written=round(one["bytes"])))
        self._put(f"proc/{pid}/fd/0", "")

    def _put(self, path: str, text: str) -> None:
        """Into the same file: the sweep keeps it open."""
        file = self.tree.root / path
        if file.exists():
            with open(file, "r+") as content:
                content.write(text)
                content.truncate()
        else:
            self.tree.write(path, text)
