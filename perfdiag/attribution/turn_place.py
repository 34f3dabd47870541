"""What is counted at a place where threads wait, at each look at which somebody does."""

from collections.abc import Callable, Iterable, KeysView
from dataclasses import dataclass, field

from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.waking import Key, Waking

_FEW = 50  # looks at a place; before that a wait there is for work
_MANY = 200  # looks after which those before count half
_FREE = 0.1  # of the looks
_BETWEEN = 0.3  # of the looks, those of handing over included
_HANDED_OVER = 0.025  # seconds for which a turn may be nobody's, until the next has a CPU
_LEAST = 0.75  # mean of those at work: one, but for the moments of handing over
_STEADY = 0.5  # of the variance that independent workers would have
_STARVED = 1.5  # mean of those that wait; a single one may have nothing to do beside busy ones
_IN_VAIN = 0.1  # mean of those at work that have waited
_MORE = 1.25  # threads woken in a look, for each that may have given back a turn
_STACKS = 8  # of those that wait, which others are compared with
_COUNTS = ("looks", "nobodys", "free", "at_work", "squares", "alive", "waiting", "may_have")


@dataclass(slots=True)
class Place:
    """What was counted at one place. `takers`: those that have waited there, `stacks`: on which stacks;
    `sharers`: those and the threads that run the same code."""

    takers: set[Key] = field(default_factory=set)
    stacks: set[int] = field(default_factory=set)
    sharers: set[Key] = field(default_factory=set)
    waking: Waking = field(default_factory=Waking)
    within: bool = False  # they wait in the head of a `with` block
    left: bool = False  # one of them has run since it waited there
    looks: int = 0
    nobodys: int = 0  # looks at which nobody had what was waited for
    free: int = 0  # nor a moment ago
    at_work: int = 0  # takers that did not wait, summed over the looks
    squares: int = 0
    alive: int = 0
    waiting: int = 0
    may_have: int = 0  # threads that share the place and were at work
    held_at: float = -1.0

    def count(
        self, at: float, at_work: int, alive: int, *, waiting: int = 1, may_have: int = 0, held: bool
    ) -> None:
        """A look at which somebody waited: takers at work, alive and waiting, all that may have one; `held`:
        somebody was seen to have it."""
        if held:
            self.held_at = at
        if self.looks >= _MANY:
            for name in _COUNTS:
                setattr(self, name, getattr(self, name) // 2)
        self.looks += 1
        self.nobodys += not held
        self.free += at - self.held_at > _HANDED_OVER
        self.at_work += at_work
        self.squares += at_work * at_work
        self.alive += alive
        self.waiting += waiting
        self.may_have += may_have

    def waits(self, key: Key, stack: int) -> None:
        """A thread with this stack waits here."""
        self.takers.add(key)
        self.sharers.add(key)
        if len(self.stacks) < _STACKS:
            self.stacks.add(stack)

    def keep(self, alive: KeysView[Key]) -> None:
        """Forget the threads that have ended."""
        self.takers &= alive
        self.sharers &= alive

    def count_woken(
        self,
        at: float,
        process: int,
        woken: set[Key],
        ran: Iterable[tuple[Key, ThreadTime]],
        alike: Callable[[int, int], bool],
    ) -> None:
        """A look: those that were woken here, among all threads that ran."""
        others = fellows = 0
        for key, thread in ran:
            if key[0] == process and key not in woken:
                if key not in self.sharers and any(alike(thread.stack, stack) for stack in self.stacks):
                    self.sharers.add(key)
                shares = key in self.sharers
                fellows += shares
                others += not shares and thread.grouped
        self.waking.woke(at, woken)
        self.waking.count(len(woken), others, fellows)

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

    @property
    def starved(self) -> bool:
        """Whether those who wait are woken in vain, and no more of them than others may have given back a
        turn: of the stages behind a slow one all are woken by each item."""
        in_vain = self.waiting >= _STARVED * self.looks and self.at_work <= _IN_VAIN * self.looks
        return in_vain and self.waking.at_a_time * self.looks <= _MORE * self.may_have
