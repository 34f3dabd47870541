"""The processes of a recording: those that were chosen and, where asked for, what they start.

A child is first followed by the kernel's view alone, which costs next to nothing, and gets its Python reader
when it has lived for a while. No more than `MOST` are followed at a time; what is not followed is counted.
"""

import os
import select
import time
from dataclasses import replace
from typing import Any

from perfdiag.errors import Missing, PerfdiagError
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.process import Target, describe, hold
from perfdiag.host.procfs import ProcessStat, parse_stat
from perfdiag.model import Process, Role
from perfdiag.sampler.attaching import Attaching, Followed, followed
from perfdiag.sampler.family import Accounts, Family
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.peers import Peers
from perfdiag.sampler.request import Request
from perfdiag.sampler.stacks import LIMIT, Stacks
from perfdiag.sampler.tally import STACKS, Tally, engine

MOST = 256  # processes followed at a time
ALL = 20_000  # processes in one recording
_LOOK = 0.05  # seconds between two looks for children
_LOOK_SHARE = 0.02  # of the time, at most, goes into these looks
_ACCOUNT = 0.5  # seconds between two looks at what the children have used
_ASKING, _ASKING_SHARE = 0.5, 0.05  # seconds at once, and of the time: what questions about peers may take


class Program:
    """Follows processes in a loop."""

    def __init__(self, request: Request, loop: Loop) -> None:
        self.interned, self.stacks = Interned(), Stacks()
        self._loop = loop
        self._host = Host(procfs=request.procfs)
        self._inspector = Inspector(self._host.procfs)
        self._attaching = Attaching(self._inspector, wanted=request.stacks)
        self._poll = select.poll()
        self._followed: dict[int, Followed] = {}
        self._by_pidfd: dict[int, Followed] = {}
        self._changed: dict[int, Process] = {}
        self._asking: Followed | None = None
        self._tally, self._accounts = Tally(), Accounts()
        self._unfollowed = 0
        self._started, self._asked = time.monotonic(), 0.0
        self._next_index = self._chosen = len(request.targets)
        for index, target in enumerate(request.held()):
            self._choose(index, target, begins=request.begins)
        self._family = Family(self._host, {request.parent}) if request.subprocesses else None
        self._peers = Peers(self._host, {request.parent, os.getpid()})
        self._next_look = self._next_account = 0.0
        if self._family is not None:
            self._look(self._family)  # those that live are there at the first tick, not born after it
        # the one process that there is has been tried by the time of the hello, which tells what came of it
        self._alone = self._chosen == 1 and self._family is None and not request.begins

    # -- who is followed ----------------------------------------------------------------------------

    def _choose(self, index: int, target: Target, *, begins: bool) -> None:
        try:
            process = describe(target, self._host, self._inspector, ports=False)
            one = self._add(index, target, process, parent=-1)
        except (PerfdiagError, Missing, OSError):
            return  # it has ended, or no descriptor is left
        if not begins and self._attaching.attach(one):
            self._learn(one)

    def _add(self, index: int, target: Target, process: Process, parent: int) -> Followed:
        """OSError when it has ended, or no descriptor is left."""
        one = followed(
            index,
            target,
            process,
            parent,
            inspector=self._inspector,
            interned=self.interned,
            stacks=self.stacks,
        )
        self._followed[index] = self._by_pidfd[target.pidfd] = one
        self._poll.register(target.pidfd, select.POLLIN)
        self._loop.members.append(one.member)
        return one

    def _born(self, stat: ProcessStat) -> None:
        """A child of a member: it is taken to be as its parent until more is known."""
        parent = next((one for one in self._own() if one.target.pid == stat.ppid), None)
        if parent is None or len(self._followed) >= MOST or self._next_index >= ALL:
            self._unfollowed += 1
            return
        target = hold(stat, self._host)
        if target is None:
            return
        process = replace(
            parent.process,
            key=target.key,
            pid=stat.pid,
            ppid=stat.ppid,
            started=stat.started,
            comm=stat.comm,
            exe="",
            runtime="",
            role=Role.WORKER,
            inner_pid=0,
        )
        try:
            one = self._add(self._next_index, target, process, parent.member.index)
        except OSError:
            target.close()
            self._unfollowed += 1
            return
        self._next_index += 1
        self._changed[one.member.index] = process
        self._accounts.see(one.member.index, stat)

    def _join(self, target: Target, process: Process) -> int:
        """Follow a peer."""
        one = self._add(self._next_index, target, process, parent=-1)
        self._next_index += 1
        return one.member.index

    def _own(self) -> list[Followed]:
        """The followed processes but for the peers."""
        return [one for one in self._followed.values() if one.process.role is not Role.PEER]

    def _end(self, one: Followed) -> None:
        index = one.member.index
        del self._followed[index], self._by_pidfd[one.target.pidfd]
        if one.member in self._loop.members:
            self._loop.drop(one.member, self._loop.made - 1)
        parent = next((i for i, p in self._followed.items() if p.target.pid == one.process.ppid), one.parent)
        if one.process.role is not Role.PEER:
            self._accounts.ended(index, parent, one.member.spent / 1e9)
            self._tally.take(one, over=True)
        one.process = self._changed[index] = replace(one.process, gone=time.monotonic())
        if self._family is not None:
            self._family.forget(one.target.pid)
        if self._asking is one:
            self._asking = None
        self._poll.unregister(one.target.pidfd)
        one.objects.close()
        one.target.close()

    # -- between two ticks --------------------------------------------------------------------------

    def follow(self, now: float) -> None:
        """See who has ended and who was born, and attach a reader where it is time."""
        for pidfd, _ in self._poll.poll(0):
            self._end(self._by_pidfd[pidfd])
        for member in self._loop.ended:
            if member.index in self._followed:
                self._end(self._followed[member.index])
        if self._family is not None and now >= self._next_look:
            self._look(self._family)
        met, kin, slowed = self.interned.take_met(), self._family is not None, self._loop.slowed
        self._changed |= self._peers.look(met, self._followed, self._join, kin=kin, slowed=slowed)
        one = self._attaching.next(self._followed)
        if one is not None:
            self._learn(one)

    def _look(self, family: Family) -> None:
        started = time.monotonic()
        try:
            born = family.births({one.target.pid for one in self._own()})
        except Missing:
            born = []  # the process tree was taken away
        for stat in born:
            self._born(stat)
        if started >= self._next_account:
            self._next_account = started + _ACCOUNT
            self._account()
        took = time.monotonic() - started
        self._next_look = started + max(_LOOK, took / _LOOK_SHARE)

    def _account(self) -> None:
        for one in self._own():
            try:
                self._accounts.see(one.member.index, parse_stat(self._host.proc(f"{one.target.pid}/stat")))
            except Missing:
                continue  # it has ended

    def _learn(self, one: Followed) -> None:
        """Tell what a process is that has lived for a while: another program than at first, maybe."""
        try:
            known = describe(one.target, self._host, self._inspector, ports=False)
        except (PerfdiagError, Missing, OSError):
            return
        runtime = f"CPython {one.readers[-1].version}" if one.readers else ""
        was = one.process
        one.process = self._changed[one.member.index] = replace(
            known, role=was.role, runtime=runtime, modules=was.modules, serves=was.serves
        )

    def settle(self, budget: float) -> None:
        """Learn who is at the other end of connections, for at most `budget` seconds. One process asks at a
        time: a question that waits for its answer holds up no other than those of its own kind."""
        now = time.monotonic()
        if self._asking or self._asked <= _ASKING + _ASKING_SHARE * (now - self._started):
            before = self._inspector.spent
            self._ask(now + budget)
            self._asked += self._inspector.spent - before

    def _ask(self, until: float) -> None:
        for one in [self._asking] if self._asking else list(self._followed.values()):
            if one.objects.pending():
                one.objects.settle(max(0.0, until - time.monotonic()))
                self._asking = one if one.objects.asking() else None
                if self._asking or time.monotonic() >= until:
                    return

    # -- what is told -------------------------------------------------------------------------------

    def alive(self) -> bool:
        """Whether one of the chosen processes runs on."""
        return any(index < self._chosen for index in self._followed)

    def take_processes(self) -> dict[int, Process]:
        """Those of which something new is known since the last call."""
        changed, self._changed = self._changed, {}
        return changed

    def hello(self) -> dict[str, Any]:
        """How this run reads."""
        chosen = list(self._followed.values())
        blind = [f"{STACKS}: {one.reason}" for one in chosen if one.reason] if self._alone else []
        blind += [note for one in chosen for note in one.notes] if self._alone else []
        return {"engine": engine(sum(len(one.readers) for one in chosen)), "blind": blind}

    def totals(self) -> dict[str, Any]:
        """Counts, and what was not seen, in words."""
        for one in self._own():
            self._tally.take(one, over=False)
        blind = self._tally.blind(alone=self._alone)
        if self.stacks.lost:
            blind.append(f"{self.stacks.lost} stacks: a recording has room for {LIMIT} different ones")
        if self._family is not None:
            self._account()
            blind += self._family.unseen(self._accounts.unseen(), self._unfollowed)
        return self._tally.totals() | {"blind": blind}

    def close(self) -> None:
        for one in self._followed.values():
            one.objects.close()
        self._inspector.close()
