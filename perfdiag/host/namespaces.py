"""Process and thread ids as a process in a PID namespace sees them."""

import os

_LIMIT = 1 << 14


def inner_tids(pid: int, procfs: str = "/proc") -> dict[int, int]:
    """tid in the process's own PID namespace -> tid here, for all threads; empty when they are the same."""
    if not _differs(pid, f"{procfs}/{pid}/status"):
        return {}
    result = {}
    for name in os.listdir(f"{procfs}/{pid}/task"):
        try:
            result[_innermost(f"{procfs}/{pid}/task/{name}/status", int(name))] = int(name)
        except OSError:
            continue  # the thread has ended
    return result


def inner_pid(pid: int, procfs: str = "/proc") -> int:
    """The number of a process in its own PID namespace; 0 when that is the same, or the process has ended."""
    try:
        inner = _innermost(f"{procfs}/{pid}/status", pid)
    except OSError:
        return 0
    return inner if inner != pid else 0


def _differs(pid: int, path: str) -> bool:
    return _innermost(path, pid) != pid


def _innermost(path: str, tid: int) -> int:
    """Last id of the line NSpid; `tid` itself on kernels before 4.1, which have no such line."""
    with open(path, "rb") as file:
        for line in file.read(_LIMIT).splitlines():
            if line.startswith(b"NSpid:"):
                return int(line.split()[-1])
    return tid
