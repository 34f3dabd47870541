"""The list of objects of a recording: one entry for each thing, however often it is met."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from perfdiag.model import Object, ObjectType

LIMIT = 10_000  # objects; what is met after that shares one entry
_MET = 4096  # remembered ends; forgotten all at once when there are more


class Met(NamedTuple):
    """Process `waiter` waits on an object of which process `end` has the other end; process ids."""

    object: int
    waiter: int
    end: int


class Interned:
    """`list` only grows; an entry is replaced in place when more is learnt about it. Ids are indices."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.list: list[Object] = []
        self._limit = limit
        self._ids: dict[tuple[ObjectType, str, bool], int] = {}
        self._phases: dict[tuple[int, str], int] = {}
        self._shared = -1
        self._met: set[Met] = set()
        self._fresh: list[Met] = []

    def intern(self, kind: ObjectType, name: str, *, service: str = "", served: bool = False) -> int:
        """The id of this thing; two are the same when kind, name and `served` are."""
        key = (kind, name, served)
        known = self._ids.get(key)
        if known is not None:
            return known
        if len(self.list) >= self._limit:
            return self._overflow()
        return self._add(key, service)

    def hold(self, tid: int, futexes: Iterable[int]) -> list[int]:
        """A thread holds these locks: those that were waited for learn it. Returns their ids."""
        keys = [(ObjectType.FUTEX, f"futex {address:#x}", False) for address in futexes]
        found = [self._ids[key] for key in keys if key in self._ids]
        for number in found:
            self.learn(number, holder=tid)
        return found

    def release(self, locks: Iterable[int]) -> None:
        """It is not known any more who holds these."""
        for number in locks:
            self.learn(number, holder=0)

    def _overflow(self) -> int:
        if self._shared < 0:
            self._shared = self._add((ObjectType.OTHER, "other", False))
        return self._shared

    def _add(self, key: tuple[ObjectType, str, bool], service: str = "") -> int:
        kind, name, served = key
        number = self._ids[key] = len(self.list)
        self.list.append(Object(id=number, type=kind, name=name, service=service, served=served))
        return number

    def phase(self, number: int, name: str) -> int:
        """The entry for the same thing while it is `connecting` or `sending`; it learns with the thing."""
        known = self._phases.get((number, name))
        if known is not None:
            return known
        if number == self._shared or len(self.list) >= self._limit:
            return self._overflow()
        found = self._phases[number, name] = len(self.list)
        fields: dict[str, Any] = {name: True}
        self.list.append(replace(self.list[number], id=found, **fields))
        return found

    def learn(self, number: int, **fields: Any) -> None:
        """Replace fields of an entry by what is known now. Its key stays taken: what is met later under it is
        the same thing. The shared entry stands for many things, and learns nothing."""
        if number == self._shared:
            return
        self.list[number] = replace(self.list[number], **fields)
        for name in ("connecting", "sending"):
            if (number, name) in self._phases:
                self.learn(self._phases[number, name], **fields)

    def learn_peer(self, number: int, service: str, comm: str, pid: int) -> None:
        """Learn which process of this host is at the other end."""
        self.learn(number, service=service, peer=f"{comm} (pid {pid})", peer_pid=pid)

    def meet(self, number: int, waiter: int, end: int) -> None:
        """Learn which process has the other end of what a process waits on."""
        met = Met(number, waiter, end)
        if met in self._met or end in (0, waiter):
            return
        if len(self._met) >= _MET:
            self._met.clear()
            self._fresh.clear()
        self._met.add(met)
        self._fresh.append(met)

    def take_met(self) -> list[Met]:
        """Those that were learnt since the last call."""
        fresh, self._fresh = self._fresh, []
        return fresh
