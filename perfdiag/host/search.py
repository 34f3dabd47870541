"""Processes by what they are called."""

import os
import re
from typing import NamedTuple

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.procfs import parse_stat

_LONGEST = 4096  # characters of a command line; what is behind them is not searched


class Found(NamedTuple):
    pid: int
    ppid: int
    comm: str


def matching(pattern: "re.Pattern[str]", host: Host, inspector: Inspector) -> list[Found]:
    """Processes whose name or command line (secrets hidden) has a match; never this process, what it has
    started, nor those that it was started by. Missing when processes cannot be listed."""
    found, everyone = [], {}
    for pid in host.pids():
        try:
            stat = parse_stat(host.proc(f"{pid}/stat"))
        except Missing:
            continue  # it has ended
        everyone[pid] = Found(pid, stat.ppid, stat.comm)
    never = set(_ancestors(os.getpid(), everyone))
    for one in everyone.values():
        if one.pid in never or os.getpid() in _ancestors(one.pid, everyone):
            continue
        if pattern.search(one.comm) or pattern.search(_command_line(one.pid, inspector)):
            found.append(one)
    return found


def topmost(found: list[Found]) -> list[Found]:
    """Those that no other of them has started."""
    pids = {one.pid for one in found}
    return [one for one in found if one.ppid not in pids]


def _ancestors(pid: int, everyone: dict[int, Found]) -> list[int]:
    """The process and those above it."""
    line: list[int] = []
    while pid in everyone and pid not in line:
        line.append(pid)
        pid = everyone[pid].ppid
    return line


def _command_line(pid: int, inspector: Inspector) -> str:
    try:
        return inspector.cmdline(pid, _LONGEST)
    except Missing:
        return ""
