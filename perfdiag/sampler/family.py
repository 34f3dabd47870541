"""Finds the processes that are born below those that are followed.

A listing of /proc tells which numbers are new, and one file of each new one tells its parent. What was born
and has ended between two listings is not seen; its CPU time is, among that of the children that its parent
waited for.
"""

import time
from collections.abc import Container, Iterable

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.procfs import CLOCK_TICKS, ProcessStat, parse_stat
from perfdiag.host.procfs_system import parse_system_stat

_ENDED = frozenset("ZXx")
_NOTABLE = 0.1  # CPU seconds; the counters that tell them are exact to 0.01 s for each process


class Family:
    """Births below the members. `never` are processes that are not followed, whoever started them."""

    def __init__(self, host: Host, never: Container[int]) -> None:
        self._host, self._never = host, never
        self._listed: set[int] = set()
        self._forks, self._since = self._forked(), time.monotonic()

    def births(self, members: Iterable[int]) -> list[ProcessStat]:
        """Processes not seen before whose parent is a member, or another of them; parents first. Missing
        when there is no process tree to be listed."""
        listed = set(self._host.pids())
        new = listed - self._listed
        self._listed = listed
        strangers = [stat for pid in sorted(new) if (stat := self._stat(pid)) is not None]
        family, born = set(members), list[ProcessStat]()
        while True:
            children = [stat for stat in strangers if stat.ppid in family and stat.pid not in family]
            if not children:
                return born
            born += children
            family.update(stat.pid for stat in children)

    def forget(self, pid: int) -> None:
        """The process has ended: its number may come to mean another one."""
        self._listed.discard(pid)

    def unseen(self, cpu: float, unfollowed: int) -> list[str]:
        """In words: the CPU seconds of children that were not seen, and how many were seen and not followed.
        The kernel counts births for the whole host only."""
        told, now = [], self._forked()
        if cpu >= _NOTABLE:
            born = ""
            if now is not None and self._forks is not None:
                rate = (now - self._forks) / max(1e-3, time.monotonic() - self._since)
                born = f"; {rate:.0f} processes and threads a second were started on this host"
            told.append(f"children that lived too short to be looked at: {cpu:.2g} s of CPU{born}")
        if unfollowed:
            told.append(f"{unfollowed} children: too many lived at a time, or in all")
        return told

    def _stat(self, pid: int) -> ProcessStat | None:
        if pid in self._never:
            return None
        try:
            stat = parse_stat(self._host.proc(f"{pid}/stat"))
        except Missing:
            return None
        return None if stat.state in _ENDED else stat

    def _forked(self) -> int | None:
        try:
            return parse_system_stat(self._host.proc("stat")).forks
        except Missing:
            return None


class Accounts:
    """CPU seconds that the members' children used and that no look has seen.

    The kernel adds the time of a child, and of the children it waited for itself, to its parent's when the
    parent waits for it. What grew there and is not the known time of a followed child belongs to children
    that lived too short.
    """

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self._last: dict[int, float] = {}
        self._known: dict[int, float] = {}

    def see(self, index: int, stat: ProcessStat) -> None:
        """The present state of the member with this index."""
        waited = (stat.children_utime + stat.children_stime) / CLOCK_TICKS
        self._first.setdefault(index, waited)
        self._last[index] = waited

    def ended(self, index: int, parent: int, cpu: float) -> None:
        """A member has ended, with so many CPU seconds of its own; `parent` is the index of its parent."""
        self._known[parent] = self._known.get(parent, 0.0) + cpu + self._last.get(index, 0.0)

    def unseen(self) -> float:
        """Seconds, never less than none."""
        grown = ((index, last - self._first[index]) for index, last in self._last.items())
        return sum(max(0.0, growth - self._known.get(index, 0.0)) for index, growth in grown)
