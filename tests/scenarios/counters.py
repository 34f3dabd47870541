"""What the kernel says of a few processes and threads, for evidence that is taken without perfdiag."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

CLOCK_TICK = 0.01  # seconds; USER_HZ
CALLS = {  # of x86-64; others are shown by number
    "-1": "fault", "0": "read", "1": "write", "7": "poll", "17": "pread", "18": "pwrite", "20": "writev",
    "42": "connect", "43": "accept", "44": "sendto", "45": "recvfrom", "61": "wait4", "73": "flock",
    "74": "fsync", "75": "fdatasync", "202": "futex", "219": "restart_syscall", "230": "clock_nanosleep",
    "232": "epoll_wait", "257": "openat", "271": "ppoll", "281": "epoll_pwait", "288": "accept4",
    "295": "preadv", "296": "pwritev", "327": "preadv2",
}  # fmt: skip

Thread = tuple[int, int]  # process and thread id


def _lines(path: str) -> list[str]:
    """Of a file of /proc; none when what it tells of is gone."""
    try:
        return Path(path).read_text(errors="replace").splitlines()
    except OSError:
        return []


def _stat(path: str) -> list[str]:
    """The fields of a stat file after the command, from the state on; proc(5)."""
    lines = _lines(path)
    return lines[0].rpartition(")")[2].split() if lines else []


def tree_of(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {int(one.name): _stat(f"{one}/stat") for one in Path("/proc").iterdir() if one.name.isdigit()}
    found = [pid]
    for one in found:
        found += [child for child, fields in parents.items() if fields and int(fields[1]) == one]
    return found


def threads_of(pids: Iterable[int]) -> set[Thread]:
    return {(pid, int(task.name)) for pid in pids for task in Path(f"/proc/{pid}/task").glob("*")}


def blocked_call(thread: Thread) -> str:
    """'R', or the state and the system call in which a thread waits; proc_pid_syscall(5)."""
    place = f"/proc/{thread[0]}/task/{thread[1]}"
    text, fields = _lines(f"{place}/syscall"), _stat(f"{place}/stat")
    if not text or not fields:
        return "gone"
    number = text[0].split()[0]
    if number == "running" or fields[0] == "R":
        return "R"
    return f"{fields[0]} {CALLS.get(number, number)}"


def times_of(threads: Iterable[Thread]) -> Counter[str]:
    """Seconds so far: on a CPU and waiting for one (schedstat), in user and kernel mode (stat)."""
    seconds: Counter[str] = Counter()
    for pid, tid in threads:
        scheduled, fields = _lines(f"/proc/{pid}/task/{tid}/schedstat"), _stat(f"/proc/{pid}/task/{tid}/stat")
        if scheduled and fields:
            seconds["cpu"] += int(scheduled[0].split()[0]) / 1e9
            seconds["run queue"] += int(scheduled[0].split()[1]) / 1e9
            seconds["user"] += int(fields[11]) * CLOCK_TICK
            seconds["kernel"] += int(fields[12]) * CLOCK_TICK
    return seconds


def holdings_of(pids: Iterable[int]) -> Counter[str]:
    """Page faults so far; MB of memory and descriptors in use now."""
    held: Counter[str] = Counter()
    for pid in pids:
        fields = _stat(f"/proc/{pid}/stat")
        if fields:
            held["minor faults"] += int(fields[7])
            held["major faults"] += int(fields[9])
            held["resident MB"] += int(fields[21]) // 256
            held["descriptors"] += sum(1 for _ in Path(f"/proc/{pid}/fd").glob("*"))
    return held


def pressure() -> Counter[str]:
    """Seconds in which some task of the host waited for a resource; nothing without PSI."""
    seconds: Counter[str] = Counter()
    for resource in ("cpu", "io", "memory"):
        for line in _lines(f"/proc/pressure/{resource}")[:1]:
            seconds[resource] = float(line.rsplit("total=", 1)[1]) / 1e6
    return seconds


def segments() -> Counter[str]:
    """TCP segments sent, and sent again, by the host so far."""
    names, values = (line.split() for line in _lines("/proc/net/snmp") if line.startswith("Tcp:"))
    row = dict(zip(names, values, strict=True))
    return Counter({"sent": int(row["OutSegs"]), "sent again": int(row["RetransSegs"])})
