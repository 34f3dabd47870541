"""What peers call themselves: the titles that some programs set, and those of the processes beside them.

A server that has a process for each connection often tells in its title what that does (PostgreSQL: 'UPDATE
waiting', 'idle in transaction'). For the snapshots, gauges of value 1: `peer.title{pid, title}`, and
`peer.sibling{pid, of, title}` for the children of the process `of`, the parent of a peer with a title. Only a
title that a program has set is told, never a command line.
"""

from collections.abc import Iterable, Iterator

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.services import activity_of
from perfdiag.model import Process, Role, Sample
from perfdiag.samples import gauge

_SIBLINGS = 64  # of a peer, 80 µs each


class Titles:
    """Reads them in a disposable child: a command line lies in the memory of its owner."""

    def __init__(self, host: Host, inspector: Inspector) -> None:
        self._host, self._inspector = host, inspector

    def samples(self, processes: Iterable[Process]) -> Iterator[Sample]:
        peers = [one for one in processes if one.role is Role.PEER and one.gone is None]
        titles = {one.pid: self._title(one.pid) for one in peers}
        for pid, title in titles.items():
            if title:
                yield gauge("peer.title", 1.0, pid=str(pid), title=title)
        for parent in dict.fromkeys(one.ppid for one in peers if titles[one.pid]):
            for pid in self._children(parent)[:_SIBLINGS]:
                title = titles[pid] if pid in titles else self._title(pid)
                if title:
                    yield gauge("peer.sibling", 1.0, pid=str(pid), of=str(parent), title=title)

    def _title(self, pid: int) -> str:
        """'' for a process that has ended, or has not set its title."""
        try:
            title = self._inspector.cmdline(pid)
        except Missing:
            return ""
        return title if activity_of(title) else ""

    def _children(self, pid: int) -> list[int]:
        try:
            return [int(word) for word in self._host.proc(f"{pid}/task/{pid}/children", 1 << 14).split()]
        except (Missing, ValueError):
            return []  # it has ended, or the last number is cut
