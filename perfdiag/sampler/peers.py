"""The processes at the other end of what the followed ones wait on: followed too, as peers.

A peer is looked at like the target, by the same loop and in the same looks, so that what it does *while* it
is waited for can be counted; but no more than a few of its threads in each look, and less often when looking
costs more than it may. The peers of peers are followed for a few hops.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.process import Target, hold
from perfdiag.host.procfs import ProcessStat, parse_stat, parse_status
from perfdiag.model import Process, Role
from perfdiag.sampler.attaching import Followed
from perfdiag.sampler.interning import Met

MOST = 8  # peers followed at a time
ALL = 64  # in one recording
HOPS = 3
_EVERY = 0.05  # seconds between two looks at what was met
_IN_A_LOOK = 16  # threads of peers that are looked at in one tick
_SERVES = 64  # objects of which one process is told to be at the other end
_OLD = 1024  # met and not followed: those before them are forgotten
_ENDED = frozenset("ZXx")

Join = Callable[[Target, Process], int]


class Peers:
    """`never` are processes that are not followed. Roles and hops are those of the followed processes."""

    def __init__(self, host: Host, never: Iterable[int]) -> None:
        self._host, self._never = host, frozenset(never)
        self._waiting: list[Met] = []  # for room
        self._hops: dict[int, int] = {}  # index of a peer -> waits between it and the target
        self._next = 0.0

    def look(
        self, met: Iterable[Met], followed: Mapping[int, Followed], join: Join, *, kin: bool, slowed: bool
    ) -> dict[int, Process]:
        """Follow, by `join`, who was met; returns what changed, by index. `kin`: children of the target are
        followed anyway; `slowed`: looking costs more than it may."""
        self._waiting = [*self._waiting, *met][-_OLD:]
        if time.monotonic() < self._next:
            return {}
        self._next = time.monotonic() + _EVERY
        changed: dict[int, Process] = {}
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            by_pid = {one.target.pid: index for index, one in followed.items()}
            for one in waiting:
                changed |= self._meet(one, followed, by_pid, join, kin)
        self._spread(followed, slowed)
        return changed

    def _meet(
        self, met: Met, followed: Mapping[int, Followed], by_pid: dict[int, int], join: Join, kin: bool
    ) -> dict[int, Process]:
        waiter = by_pid.get(met.waiter, -1)
        hops = self._hops.get(waiter, 0) + 1
        if waiter < 0 or hops > HOPS or met.end in self._never:
            return {}
        index = by_pid.get(met.end, -1)
        if index < 0:
            if len(self._hops) >= ALL:
                return {}
            if sum(i in followed for i in self._hops) >= MOST:
                self._waiting.append(met)
                return {}
            stat = self._stat(met.end)
            if stat is None or (kin and stat.ppid in by_pid):
                return {}
            index = self._join(stat, join)
            if index < 0:
                return {}
            by_pid[met.end] = index
            self._hops[index] = hops
        process = followed[index].process
        served = (*process.serves, (waiter, met.object))[:_SERVES]
        followed[index].process = process = replace(process, serves=tuple(dict.fromkeys(served)))
        return {index: process}

    def _stat(self, pid: int) -> ProcessStat | None:
        try:
            stat = parse_stat(self._host.proc(f"{pid}/stat"))
        except Missing:
            return None
        return None if stat.state in _ENDED else stat

    def _join(self, stat: ProcessStat, join: Join) -> int:
        """The index that it got; -1 when it has ended, or no descriptor is left."""
        try:
            uid = parse_status(self._host.proc(f"{stat.pid}/status")).uid
        except Missing:
            return -1
        target = hold(stat, self._host)
        if target is None:
            return -1
        process = Process(
            key=target.key,
            pid=stat.pid,
            ppid=stat.ppid,
            started=stat.started,
            comm=stat.comm,
            exe="",
            uid=uid,
            cpus=1,
            role=Role.PEER,
        )
        try:
            return join(target, process)
        except OSError:
            target.close()
            return -1

    def _spread(self, followed: Mapping[int, Followed], slowed: bool) -> None:
        """Look at so many threads of peers in each tick, at fewer when the looks are too dear."""
        peers = [followed[index].member for index in self._hops if index in followed]
        threads = sum(len(member.threads.by_tid) for member in peers)
        rarer = max(1, -(-threads // _IN_A_LOOK)) * (4 if slowed else 1)
        for member in peers:
            member.rarer = rarer
