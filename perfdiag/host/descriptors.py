"""How many descriptors a process has open, and what they are."""

import os
from collections import Counter

from perfdiag.errors import Missing, NoData
from perfdiag.host import Host, raise_missing
from perfdiag.host.secrets import scrub_path

_MOST = 1024  # links that are read, 3 µs each
_FEW = 64
_NO_FILES = ("/dev/", "/proc/", "/sys/")
_STANDARD = {"0", "1", "2"}
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


def files_and_channels(host: Host, pid: int) -> tuple[int, int]:
    """How many of the first 64 descriptors are files of a disk, and how many, beside the standard ones,
    sockets and pipes."""
    files = channels = 0
    for number in host.list_proc(f"{pid}/fd")[:_FEW]:
        try:
            link = host.link_proc(f"{pid}/fd/{number}")
        except Missing:
            continue  # closed meanwhile, or no link
        files += link.startswith("/") and not link.startswith(_NO_FILES)
        channels += link.startswith(("socket:", "pipe:")) and number not in _STANDARD
    return files, channels


def kinds_of_descriptors(host: Host, pid: int) -> Counter[str]:
    """What the first 1,024 descriptors are, and how many: 'socket', 'pipe', 'anon_inode', the files of a
    directory with the same suffix as '/spool/*.txt'. Reading a link does not follow it."""
    found: Counter[str] = Counter()
    for number in host.list_proc(f"{pid}/fd")[:_MOST]:
        try:
            link = host.link_proc(f"{pid}/fd/{number}").removesuffix(" (deleted)")
        except NoData:
            continue  # closed meanwhile
        folder, slash, file = link.rpartition("/")
        _, dot, suffix = file.rpartition(".")
        alike = f"{folder}/*.{suffix}" if dot else f"{folder}/*"
        found[scrub_path(alike) if slash else link.partition(":")[0]] += 1
    return found
