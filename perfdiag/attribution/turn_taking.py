"""Waits of which the stack alone does not say whether they are for a turn or for work.

A semaphore bounds how many work at a time, or tells a worker that there is something to do. `Queue.get`
takes the next job, or one of the few connections that a queue holds; a condition or an event may stand for
either. Who waits is told by those who do not. Where turns are taken somebody has one whenever somebody
waits, always as many as there are turns, and those who had one wake those who wait. Where work is waited
for, as many are at work as there happens to be work for, and somebody else brings it.

So at each tick in which somebody waits at a place (the function that calls `acquire` or `get`), the threads
are counted that have waited there too, and are at work now. Who releases a turn often has it again before the
one that is woken by that has run: then the same few always have one and were never seen to wait, while all
the others are woken in vain.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping

from perfdiag.attribution.alike import Alike
from perfdiag.attribution.pieces import Pieces
from perfdiag.attribution.thread_time import ThreadTime
from perfdiag.attribution.turn_place import Place
from perfdiag.attribution.waits import GET, TURN
from perfdiag.attribution.waits import Key as Wait
from perfdiag.attribution.waking import Key
from perfdiag.model import Stack, TimeClass

Function = tuple[int, str, int]  # process, file, first line


class TurnTaking:
    """Who waits at which place, and whether it is for a turn. `threads` are all threads alive."""

    def __init__(self, stack: Callable[[int], Stack | None], threads: Mapping[Key, ThreadTime]) -> None:
        self._alike = Alike(stack)
        self._threads = threads
        self._pieces = Pieces()
        self._places: dict[Function, Place] = defaultdict(Place)
        self._waiting: dict[Function, dict[Key, ThreadTime]] = defaultdict(dict)
        self._at: dict[Key, tuple[Function, Wait | None]] = {}
        self._ran: set[Key] = set()  # since the last tick
        self._woken: dict[Function, set[Key]] = defaultdict(set)

    def see(self, key: Key, thread: ThreadTime, job: str) -> None:
        """A row of a thread; `job`: the outermost function of user code on its stack."""
        self._ran.add(key)
        if thread.turns_seen.pooled:
            self._pieces.see(key, thread.group, job)

    def waits(
        self, key: Key, thread: ThreadTime, function: Function, wait: Wait | None, *, within: bool
    ) -> None:
        """A thread waits in this function of user code, for a turn or for work; `wait`: in which of those
        that leave it open, None where the stack tells that it is for a turn; `within`: in the head of a
        `with` block."""
        place = self._places[function]
        place.waits(key, thread.stack)
        self._waiting[function][key] = thread
        self._at[key] = function, wait
        place.within = within

    def forget(self, key: Key) -> None:
        """The thread has run: it does not wait there any more."""
        function, _ = self._at.pop(key, (None, None))
        if function is not None:
            del self._waiting[function][key]
            self._places[function].left = True
            self._woken[function].add(key)

    def end(self, key: Key) -> None:
        """The thread has ended."""
        self.forget(key)
        self._pieces.forget(key)

    def place(self, key: Key) -> Function | None:
        """Where a thread waits; None: it does not."""
        return self._at.get(key, (None, None))[0]

    def at_work(self, function: Function) -> int:
        """The stack of one that shares the place with those that wait here, and is at work: it may have what
        is waited for. -1: none."""
        fellows = [key for key, thread in self._fellows(function) if works(thread)]
        known = [key for key in fellows if key in self._places[function].takers]
        return self._threads[min(known or fellows)].stack if fellows else -1

    def _fellows(self, function: Function) -> list[tuple[Key, ThreadTime]]:
        """Those that share the place and do not wait there now."""
        place, waiting = self._places[function], self._waiting[function]
        return [
            (key, thread)
            for key, thread in self._threads.items()
            if key in place.sharers and key not in waiting
        ]

    def count(self, at: float, held: Callable[[Function], bool]) -> None:
        """A tick. `held`: whether somebody stands further on in a function that waited for this turn."""
        ran = [(key, self._threads[key]) for key in self._ran if key in self._threads]
        for function, waiting in self._waiting.items():
            place, woken = self._places[function], self._woken[function]
            if not place.left or not (waiting or woken):
                continue  # who has it now need not have waited for it
            fellows = self._fellows(function)
            place.count_woken(at, function[0], woken, ran, self._alike)
            if waiting:
                place.keep(self._threads.keys())
                at_work = sum(key in place.takers and works(thread) for key, thread in fellows)
                may_have = sum(works(thread) for _, thread in fellows)
                place.count(
                    at,
                    at_work,
                    len(place.takers),
                    waiting=len(waiting),
                    may_have=may_have,
                    held=may_have > 0 or held(function),
                )
        self._ran.clear()
        self._woken.clear()

    def undecided(self) -> list[tuple[Key, ThreadTime]]:
        """Those that wait where somebody has what is waited for, or that were told to: the others wait for
        work, and stay so."""
        return [
            (key, thread)
            for function, waiting in self._waiting.items()
            for key, thread in waiting.items()
            if self._at[key][1] is not None
            and (self._places[function].taken or thread.blocked is not TimeClass.IDLE)
        ]

    def takes_turns(self, key: Key) -> bool:
        """Whether a thread waits for a turn, and not for work: somebody has one, and it is in the middle of a
        job that a library gave it, or those who had a turn wake those who wait."""
        function, wait = self._at[key]
        place, thread = self._places[function], self._threads[key]
        if not place.taken:
            return False
        waking = place.waking
        pooled = thread.turns_seen.pooled
        in_job = pooled and (thread.young or self._pieces.in_piece(key, thread.group))
        in_hand = in_job or place.within
        if in_hand and (place.steady or not waking.by_others or wait in (GET, TURN)):
            return True
        if not waking.seen or waking.by_others:
            return False
        return place.steady or (not waking.regular and (wait == TURN or place.starved))


def works(thread: ThreadTime) -> bool:
    """Whether a thread is at work: runs, or waits for something that is not work."""
    return thread.running or thread.blocked not in (None, TimeClass.IDLE)
