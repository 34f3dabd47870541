"""Locks on files that processes of this host hold, from /proc/locks (proc_locks(5))."""

from collections.abc import Iterator
from typing import NamedTuple


class FileLock(NamedTuple):
    """A lock of a process on the bytes `first` to `last` of a file; of a whole file `last` is -1."""

    pid: int
    inode: int
    writes: bool
    first: int
    last: int


def parse_locks(text: str) -> Iterator[FileLock]:
    """Those of POSIX (fcntl) that are held: '1: POSIX  ADVISORY  WRITE 812 fe:00:2146391 0 EOF'. Those that
    are waited for stand behind an arrow, and whose process lives in another PID namespace has a number of 0
    or less."""
    for line in text.splitlines():
        words = line.split()
        if len(words) != 8 or words[1] != "POSIX":
            continue
        inode, last = words[5].rpartition(":")[2], words[7]
        if (
            words[4].isdigit()
            and inode.isdigit()
            and words[6].isdigit()
            and (last.isdigit() or last == "EOF")
        ):
            end = -1 if last == "EOF" else int(last)
            yield FileLock(int(words[4]), int(inode), words[3] == "WRITE", int(words[6]), end)
