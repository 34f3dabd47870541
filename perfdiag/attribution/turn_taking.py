"""Waits of which the stack alone does not say whether they are for a turn or for work.

A semaphore bounds how many work at a time, or tells a worker that there is something to do. `Queue.get` takes
the next job, or one of the few connections that a queue holds; a condition may stand for either. Who waits is
told by those who do not: where turns are taken somebody has one whenever somebody waits, and always as many
as there are turns; where work is waited for, as many are at work as there happens to be work for.

So at each tick in which somebody waits at a place (the function that calls `acquire` or `get`), the threads
are counted that have waited there too, or stand further on in that function, and are at work now. (Who
releases a turn often has it again before the one that is woken by that has run; then nobody that has one was
ever seen to wait.)
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.model import TimeClass

_FEW = 50  # looks at a place; before that a wait there is for work
_MANY = 200  # looks after which those before count half
_FREE = 0.1  # of the looks
_BETWEEN = 0.3  # of the looks, those of handing over included
_HANDED_OVER = 0.025  # seconds for which a turn may be nobody's, until the next has a CPU
_LEAST = 0.75  # mean of those at work: one, but for the moments of handing over
_STEADY = 0.5  # of the variance that independent workers would have

Key = tuple[int, int]  # process, tid
Function = tuple[int, str, int]  # process, file, first line


@dataclass(slots=True)
class Place:
    """What was counted at one place. `takers`: those that have waited there, or were seen further on."""

    takers: set[Key] = field(default_factory=set)
    left: bool = False  # one of them has run since it waited there
    looks: int = 0
    nobodys: int = 0  # looks at which nobody had what was waited for
    free: int = 0  # nor a moment ago
    at_work: int = 0  # takers that did not wait, summed over the looks
    squares: int = 0
    alive: int = 0
    held_at: float = -1.0

    def count(self, at: float, at_work: int, alive: int, *, held: bool) -> None:
        """A look at which somebody waited: takers at work and alive; `held`: somebody was seen to have it."""
        if held:
            self.held_at = at
        if self.looks >= _MANY:
            for name in ("looks", "nobodys", "free", "at_work", "squares", "alive"):
                setattr(self, name, getattr(self, name) // 2)
        self.looks += 1
        self.nobodys += not held
        self.free += at - self.held_at > _HANDED_OVER
        self.at_work += at_work
        self.squares += at_work * at_work
        self.alive += alive

    @property
    def taken(self) -> bool:
        """Whether somebody had it whenever somebody waited for it."""
        known = self.looks >= _FEW
        return known and self.free <= _FREE * self.looks and self.nobodys <= _BETWEEN * self.looks

    @property
    def steady(self) -> bool:
        """Whether always as many were at work. Independent workers would be at work like throws of a coin:
        `mean (1 - mean / takers)` is the variance of that."""
        mean, takers = self.at_work / max(1, self.looks), self.alive / max(1, self.looks)
        if mean < _LEAST or takers <= mean:
            return False
        variance = self.squares / self.looks - mean * mean
        return variance <= _STEADY * mean * (1 - mean / takers)


class TurnTaking:
    """Who waits at which place, and whether it is for a turn. `threads` are all threads alive."""

    def __init__(self, threads: Mapping[Key, ThreadTime]) -> None:
        self._threads = threads
        self._places: dict[Function, Place] = defaultdict(Place)
        self._waiting: dict[Function, dict[Key, ThreadTime]] = defaultdict(dict)
        self._at: dict[Key, tuple[Function, bool]] = {}
        self._rested: set[Key] = set()

    def waits(self, key: Key, thread: ThreadTime, function: Function, *, told: bool) -> None:
        """A thread waits in this function of user code, for a turn or for work; `told`: for a turn, by the
        stack."""
        self._places[function].takers.add(key)
        self._waiting[function][key] = thread
        self._at[key] = function, told

    def rests(self, key: Key) -> None:
        """A worker waits for work in code of the library that gives it out."""
        self._rested.add(key)

    def forget(self, key: Key) -> None:
        """The thread does not wait there any more."""
        function, _ = self._at.pop(key, (None, False))
        if function is not None:
            del self._waiting[function][key]
            self._places[function].left = True

    def place(self, key: Key) -> Function | None:
        """Where a thread waits; None: it does not."""
        return self._at.get(key, (None, False))[0]

    def at_work(self, function: Function) -> int:
        """The stack of one that has waited here, and is at work: it may have what is waited for. -1: none."""
        waiting = self._waiting[function]
        for key in sorted(self._places[function].takers - waiting.keys()):
            if key in self._threads and works(self._threads[key]):
                return self._threads[key].stack
        return -1

    def count(
        self,
        at: float,
        held: Callable[[Function], bool],
        inside: Callable[[Function], set[Key]],
    ) -> None:
        """A tick. `held`: whether somebody stands further on in a function that waited for this turn;
        `inside`: those that stand further on in the function in which others wait."""
        for function, waiting in self._waiting.items():
            if not waiting:
                continue
            place = self._places[function]
            if not place.left:
                continue  # who has it now need not have waited for it
            place.takers = {key for key in place.takers | inside(function) if key in self._threads}
            at_work = sum(key not in waiting and works(self._threads[key]) for key in place.takers)
            place.count(at, at_work, len(place.takers), held=at_work > 0 or held(function))

    def undecided(self) -> list[tuple[Key, ThreadTime]]:
        """Those that wait where somebody has what is waited for, or that were told to: the others wait for
        work, and stay so."""
        return [
            (key, thread)
            for function, waiting in self._waiting.items()
            for key, thread in waiting.items()
            if not self._at[key][1] and (self._places[function].taken or thread.blocked is not TimeClass.IDLE)
        ]

    def takes_turns(self, key: Key) -> bool:
        """Whether a thread waits for a turn, and not for work: somebody has one, and it is in the middle of a
        job that a library gave it, or one of those of whom always as many are at work."""
        place = self._places[self._at[key][0]]
        if not place.taken:
            return False
        thread = self._threads[key]
        in_hand = thread.turns_seen.pooled and (thread.young or key in self._rested)
        return in_hand or place.steady


def works(thread: ThreadTime) -> bool:
    """Whether a thread is at work: runs, or waits for something that is not work."""
    return thread.running or thread.blocked not in (None, TimeClass.IDLE)
