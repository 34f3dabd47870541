"""All processes of the host as members of groups."""

import os

from perfdiag.daemon.groups import Member, Spent, group_name
from perfdiag.errors import Missing
from perfdiag.host import Host

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Processes:
    def __init__(self, host: Host) -> None:
        self._host = host

    def sweep(self, at: float) -> list[Member]:
        """Every process that can be seen. Raises Missing when none can."""
        members = []
        for pid in self._host.pids():
            try:
                text = self._host.proc(f"{pid}/stat")
            except Missing:
                continue
            comm, _, rest = text.partition("(")[2].rpartition(") ")
            f = rest.split()
            members.append(
                Member(
                    (pid, f[19]),
                    group_name("", comm),
                    Spent(int(f[11]) / _TICK, int(f[12]) / _TICK, 0.0),
                    int(f[21]) * _PAGE,
                    int(f[17]),
                )
            )
        return members
