"""From what was counted of the other ends of waits to sentences: what the one who is waited for does in that
time, hop by hop.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from perfdiag.attribution.does import DOES
from perfdiag.attribution.locks_of_a_database import blockers, share_in_wait
from perfdiag.attribution.places import culprit
from perfdiag.judge import name_of, object_name
from perfdiag.model import Estimate, Object, Role, Stack, TimeClass
from perfdiag.peer_time import TARGET, Block, Doing, PeerTime, Wait
from perfdiag.stats.shares import share
from perfdiag.units import Unit, human

LOCKED = "waits for a lock of the database"
HOPS = 3
_TOLD = 2  # ends of one wait
_FEWEST = 5  # looks; of fewer nothing is said
_MOSTLY = 0.5  # of the looks: then what it waits for is followed
_WORDS = DOES | {
    TimeClass.PYTHON: "computes",
    TimeClass.GIL: "waits for its GIL",
    TimeClass.LOCK: "waits for a lock",
    TimeClass.POOL: "waits for a turn at a pool",
    TimeClass.QUEUE: "waits for room in a queue or pipe",
    TimeClass.CHILD: "waits for its child",
    TimeClass.IDLE: "has nothing in hand: it waits for work",
    TimeClass.UNKNOWN: "does what may not be read",
}
_NAMED = {  # what is waited on is told
    TimeClass.DISK: "files",
    TimeClass.WRITE: "files",
    TimeClass.FSYNC: "files",
    TimeClass.NETWORK: "its peers",
    TimeClass.CONNECT: "its peers",
    TimeClass.SEND: "its peers",
    TimeClass.CHILD: "processes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One sentence about the process `pid`, which does what it says for `estimate` of the time in which it is
    waited for, by `looks`. `hop` counts from the target."""

    said: str
    pid: int
    name: str
    does: str
    hop: int
    looks: int
    estimate: Estimate
    likewise: int = 0  # processes that do the same

    @property
    def text(self) -> str:
        more = "1 more process does" if self.likewise == 1 else f"{self.likewise} more processes do"
        return f"{self.said}; {more} likewise" if self.likewise else self.said


class Chains:
    """Tells of each object on which the target waits."""

    def __init__(self, time: PeerTime, objects: Sequence[Object], stacks: Sequence[Stack]) -> None:
        self._time, self._objects, self._stacks = time, objects, stacks
        self._ends: dict[tuple[int, int], list[Wait]] = defaultdict(list)
        for wait in time.waits:
            self._ends[wait.waiter, wait.object].append(wait)

    def objects(self) -> list[int]:
        """Those on which the target waits."""
        return sorted(item for waiter, item in self._ends if waiter == TARGET)

    def of(self, item: int) -> list[Link]:
        return self._tell(TARGET, item, 1, ())

    def _tell(self, waiter: int, item: int, hop: int, path: tuple[int, ...]) -> list[Link]:
        met = [wait for wait in self._ends.get((waiter, item), ()) if self._looks(wait) >= _FEWEST]
        at_work = [wait for wait in met if self._work(wait) > 0]
        ranked = sorted(at_work or met[:1], key=lambda wait: (-self._work(wait), wait))
        links: dict[str, list[Link]] = {}
        for wait in ranked:
            found = self._link(wait, hop, (*path, waiter))
            same = links.setdefault(found[0].does, found)
            if same is not found:  # of a pool of processes that do the same one speaks for all
                same[0] = replace(same[0], likewise=same[0].likewise + 1)
        return [link for found in list(links.values())[:_TOLD] for link in found]

    def _link(self, wait: Wait, hop: int, path: tuple[int, ...]) -> list[Link]:
        process, blocks = self._time.processes[wait.end], self._time.waits[wait]
        locked = share_in_wait(blocks)
        time, doings = self._mostly(blocks)
        part = [sum(n for one, n in s.doing.items() if one.time is time) for s in blocks]
        whole = np.array([block.looks for block in blocks])
        estimate = locked or share(np.array(part), whole)
        does = LOCKED if locked else self._does(time, doings)
        name = f"{process.comm} (pid {process.pid})"
        looks = round(float(whole.sum()))
        words = f"{name} {does} for {human(estimate.value, Unit.RATIO)} of that time ({looks} looks)"
        mine = Link(
            said=f"at the other end: {words}" if hop == 1 else words,
            pid=process.pid,
            name=name,
            does=does,
            hop=hop,
            looks=looks,
            estimate=estimate,
        )
        if locked:
            told = blockers(self._time, process, blocks)
            return [mine, *(_about(text, mine) for text in told)]
        if estimate.value < _MOSTLY or hop >= HOPS:
            return [mine]
        return [mine, *self._onwards(wait, doings, mine, path)]

    def _onwards(
        self, wait: Wait, doings: Sequence[tuple[Doing, float]], mine: Link, path: tuple[int, ...]
    ) -> list[Link]:
        """What the one does for which this one waits."""
        item = _largest(doings)
        back = [end for _, _, end in self._ends.get((wait.end, item), ()) if self._is_in(end, path)]
        if back:
            process = self._time.processes[back[0]]
            text = f"{mine.name} and {process.comm} (pid {process.pid}) wait for each other"
            return [_about(text, mine)]
        return self._tell(wait.end, item, mine.hop + 1, path)

    def _is_in(self, end: int, path: tuple[int, ...]) -> bool:
        return end in path or self._time.processes[end].role is not Role.PEER

    def _looks(self, wait: Wait) -> float:
        return sum(block.looks for block in self._time.waits[wait])

    def _work(self, wait: Wait) -> float:
        """Looks in which the other end had something in hand, or waited for a lock of its database."""
        blocks = self._time.waits[wait]
        looks = sum(n for s in blocks for one, n in s.doing.items() if one.time is not TimeClass.IDLE)
        return max(looks, self._looks(wait) if share_in_wait(blocks) else 0.0)

    @staticmethod
    def _mostly(blocks: Iterable[Block]) -> tuple[TimeClass, list[tuple[Doing, float]]]:
        """The class of time that it spent most looks in, and these."""
        doings: dict[Doing, float] = defaultdict(float)
        times: dict[TimeClass, float] = defaultdict(float)
        for block in blocks:
            for one, looks in block.doing.items():
                doings[one] += looks
                times[one.time] += looks
        time = max(times, key=lambda one: (times[one], one))
        return time, [(one, looks) for one, looks in doings.items() if one.time is time]

    def _does(self, time: TimeClass, doings: Sequence[tuple[Doing, float]]) -> str:
        words = _WORDS.get(time, f"waits ({time})")
        if time in _NAMED:
            item = _largest(doings)
            words += f" {object_name(self._objects[item] if item >= 0 else None, _NAMED[time])}"
        if time is TimeClass.IDLE:
            return words
        found = culprit((self._stacks[one.stack], looks) for one, looks in doings if one.stack >= 0)
        return f"{words} in {name_of(found[0])}" if found else words


def _largest(doings: Sequence[tuple[Doing, float]]) -> int:
    """The object that most of it was on; -1 when none is known."""
    looks: dict[int, float] = defaultdict(float)
    for one, count in doings:
        looks[one.object] += count
    return max(looks, key=lambda item: (looks[item], item), default=-1)


def _about(said: str, link: Link) -> Link:
    return replace(link, said=said, does="", likewise=0)
