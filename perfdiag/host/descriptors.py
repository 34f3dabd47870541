"""How many descriptors a process has open."""

import os

from perfdiag.host import Host, raise_missing

_PROC_BLOCK = 1024  # st_blksize of procfs; a recorded tree lies on a file system with larger blocks


def open_descriptors(host: Host, pid: int) -> int:
    """From the size of /proc/PID/fd where the kernel gives it there (Linux 6.2), else by listing it, which
    takes twice as long with a few descriptors and much longer with thousands."""
    path = f"{host.procfs}/{pid}/fd"
    try:
        status = os.stat(path)
    except OSError as error:
        raise_missing(path, error)
    if status.st_size and status.st_blksize == _PROC_BLOCK:
        return status.st_size
    return len(host.list_proc(f"{pid}/fd"))
