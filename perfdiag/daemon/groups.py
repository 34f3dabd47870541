"""Processes folded into at most twenty groups and `other`, with counters that never go back.

A group is a systemd unit, a container, or else all processes of one name: never a pid, so the number of
series is bounded whatever the host does. What a process spent since the last sweep is added to its group;
a process that ends takes nothing away, and a group that loses its place starts from zero when it returns.
"""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import add
from typing import NamedTuple

from perfdiag.host.sweep import Swept
from perfdiag.model import Kind, Sample
from perfdiag.text import printable
from perfdiag.units import Unit

OTHER = "other"
KERNEL = "kernel"
PLACES = 20
_MEMORY = 0.1  # weight of a share of all memory against one busy core, for the rank
_FADE = 0.9  # per sweep: the rank looks back about ten sweeps
_RANK_EVERY = 60  # sweeps
_HYSTERESIS = 2.0  # a newcomer needs this many times the score of the weakest
_FORGET = 300  # sweeps without a process, after which a place is free

_UNIT = re.compile(r"([^/]+\.service)(?:/|$)")
_CONTAINER = re.compile(r"(?:^|[/:-])([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?(?:/|$)")
_LOGIN = re.compile(r"user@\d+\.service/?")


class Spent(NamedTuple):
    """Counters of one process, or their sum."""

    user: float = 0.0  # seconds of CPU
    system: float = 0.0
    delay: float = 0.0  # seconds that the main thread was ready and waited for a CPU


class Member(NamedTuple):
    """One process in one sweep; `key` names it for its life."""

    key: Hashable
    group: str
    spent: Spent
    resident: int  # bytes
    threads: int


_NOTHING = Spent()


@dataclass(slots=True)
class _Group:
    spent: Spent = field(default_factory=Spent)
    resident: int = 0
    threads: int = 0
    processes: int = 0
    empty: int = 0  # sweeps without a process


def member_of(swept: Swept) -> Member:
    """A process of a sweep. One without memory is a kernel thread, or has ended and waits to be reaped:
    hundreds of names that nobody asks for."""
    group = KERNEL if swept.resident == 0 else group_name(swept.cgroup, swept.comm)
    spent = Spent(swept.user, swept.system, swept.delay)
    return Member((swept.pid, swept.started), group, spent, swept.resident, swept.threads)


@lru_cache(maxsize=1024)
def group_name(cgroup: str, comm: str) -> str:
    """The group of a process by its cgroup path and its name."""
    if found := _CONTAINER.search(cgroup):
        return f"container:{found[1]}"
    units = _UNIT.findall(_LOGIN.sub("", cgroup))
    name = units[-1] if units else comm
    return printable(name, 64) or OTHER


class Groups:
    """Feed `update` every process of each sweep; `samples` is what to record."""

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._last: dict[Hashable, Spent] | None = None
        self._groups: dict[str, _Group] = {}
        self._other = _Group()
        self._scores: dict[str, float] = {}
        self._sweeps = 0

    def update(self, members: Iterable[Member]) -> None:
        """Book one sweep."""
        members = list(members)
        gains = self._gains(members)
        self._rank(members, gains)
        for group in (*self._groups.values(), self._other):
            group.resident = group.threads = group.processes = 0
        for name, spent in gains:
            group = self._groups.get(name, self._other)
            group.spent = Spent(*map(add, group.spent, spent))
        for member in members:
            group = self._groups.get(member.group, self._other)
            group.resident += member.resident
            group.threads += member.threads
            group.processes += 1
        for group in self._groups.values():
            group.empty = 0 if group.processes else group.empty + 1
        self._sweeps += 1

    def samples(self) -> list[Sample]:
        """Counters and gauges of all groups, `other` last."""
        found: list[Sample] = []
        for name, group in (*self._groups.items(), (OTHER, self._other)):
            label = ("group", name)
            for mode, value in (("user", group.spent.user), ("system", group.spent.system)):
                found.append(_sample("group.cpu", value, Unit.SECONDS, Kind.COUNTER, label, ("mode", mode)))
            found += (
                _sample("group.runqueue.wait", group.spent.delay, Unit.SECONDS, Kind.COUNTER, label),
                _sample("group.resident.memory", group.resident, Unit.BYTES, Kind.GAUGE, label),
                _sample("group.threads", group.threads, Unit.COUNT, Kind.GAUGE, label),
                _sample("group.processes", group.processes, Unit.COUNT, Kind.GAUGE, label),
            )
        return found

    def _gains(self, members: list[Member]) -> list[tuple[str, Spent]]:
        """What each process that ran spent since the last sweep, with its group. In the first sweep nothing:
        it was spent before we looked."""
        last, self._last = self._last, {member.key: member.spent for member in members}
        if last is None:
            return []
        gains = []
        for member in members:
            before = last.get(member.key, _NOTHING)
            if member.spent != before:  # most processes sleep
                grown = (max(0.0, now - then) for now, then in zip(member.spent, before, strict=True))
                gains.append((member.group, Spent(*grown)))
        return gains

    def _rank(self, members: list[Member], gains: list[tuple[str, Spent]]) -> None:
        """Fill free places by score; now and then let a much busier group take the place of the weakest."""
        self._groups = {name: group for name, group in self._groups.items() if group.empty < _FORGET}
        total = sum(member.resident for member in members) or 1
        scores = dict.fromkeys((member.group for member in members), 0.0)
        for member in members:
            scores[member.group] += (1 - _FADE) * _MEMORY * member.resident / total
        for name, spent in gains:
            scores[name] += (1 - _FADE) * (spent.user + spent.system)
        for name, score in self._scores.items():
            if name in scores or name in self._groups:
                scores[name] = scores.get(name, 0.0) + _FADE * score
        self._scores = scores
        outside = sorted(
            (name for name in scores if name not in self._groups and name != OTHER),
            key=lambda name: (-scores[name], name),
        )
        while outside and len(self._groups) < self._places:
            self._groups[outside.pop(0)] = _Group()
        if self._sweeps % _RANK_EVERY:
            return
        for name in outside:
            weakest = min(self._groups, key=lambda held: scores.get(held, 0.0))
            if scores[name] <= _HYSTERESIS * scores.get(weakest, 0.0):
                break
            del self._groups[weakest]
            self._groups[name] = _Group()


def _sample(name: str, value: float, unit: Unit, kind: Kind, *labels: tuple[str, str]) -> Sample:
    return Sample(name=name, value=float(value), unit=unit, kind=kind, labels=labels)
