"""Whether a process can be looked at: from what the user typed to a reason in words."""

import os
import re

from perfdiag.errors import Missing, TargetError, UsageError
from perfdiag.host import Host
from perfdiag.host.procfs import ProcessStat, parse_stat, parse_status
from perfdiag.text import printable

_LARGEST = (1 << 31) - 1
_FIND = "find it with `pgrep -a NAME`"
_ENDED = {"Z", "X", "x"}


def parse_pid(pid: str | int) -> int:
    """A process id other than our own. UsageError when it cannot be one."""
    text = str(pid).strip()
    if not re.fullmatch("[0-9]+", text):
        raise UsageError(
            f"{printable(text, 40)!r} is not a process id", cause="it is not a number", fix=_FIND
        )
    number = int(text[:20])
    if not 0 < number <= _LARGEST:
        raise UsageError(
            f"{printable(text, 40)} is not a process id", cause=f"ids are from 1 to {_LARGEST}", fix=_FIND
        )
    if number == os.getpid():
        raise TargetError(
            f"process {number} is perfdiag itself", cause="it cannot look at its own work", fix=_FIND
        )
    return number


def missing(pid: int) -> TargetError:
    """What to raise when the process is not there."""
    return TargetError(f"there is no process {pid}", cause="it has ended, or never was", fix=_FIND)


def unreadable(pid: int, error: Missing) -> TargetError:
    """What to raise when the kernel does not answer about a process that is there."""
    return TargetError(
        f"process {pid} cannot be read", cause=str(error), fix="try again; `perfdiag doctor` checks this host"
    )


def a_thread(pid: int, host: Host) -> TargetError:
    """What to raise for the id of a thread that is not its process's first."""
    try:
        leader = parse_status(host.proc(f"{pid}/status")).tgid
    except Missing:
        return missing(pid)
    return TargetError(
        f"{pid} is not a process", cause=f"it is a thread of process {leader}", fix=f"use -p {leader}"
    )


def read_stat(pid: int, host: Host) -> ProcessStat:
    """TargetError when the proc file system does not show the process, which exists."""
    try:
        return parse_stat(host.proc(f"{pid}/stat"))
    except Missing as error:
        mounted = os.path.exists(f"{host.procfs}/self/stat")
        raise TargetError(
            f"process {pid} exists, but {host.procfs} does not show it",
            cause=f"{host.procfs} hides processes of other users (hidepid)"
            if mounted
            else f"no proc file system is mounted at {host.procfs}",
            fix="run as the user of the process or as root" if mounted else "mount -t proc proc /proc",
        ) from error


def refuse(pid: int, stat: ProcessStat, host: Host) -> None:
    """TargetError for what runs no program: a zombie, a kernel thread."""
    if stat.state in _ENDED:
        rest = f" ({stat.threads - 1} other threads run on)" if stat.threads > 1 else ""
        raise TargetError(
            f"process {pid} ({stat.comm}) has ended",
            cause=f"it is a zombie: its parent, {stat.ppid}, has not waited for it{rest}",
            fix=f"look at the parent: -p {stat.ppid}",
        )
    try:
        size = host.proc(f"{pid}/statm")
    except Missing as error:
        raise missing(pid) from error
    if size.startswith("0 "):
        raise TargetError(
            f"process {pid} ({stat.comm}) is a kernel thread",
            cause="it has no memory of its own and runs no program",
            fix=f"choose the process of a program: {_FIND}",
        )
