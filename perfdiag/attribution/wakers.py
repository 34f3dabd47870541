"""Who wakes the threads that wait for the same thing: who gives back a lock, or empties a full queue.

A thread that wakes another one has run in the same look. One that has run in nearly all looks in which one of
those that wait was woken, and seldom in others, is the one that wakes them.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from perfdiag.attribution.waking import Key

_FEW = 4  # looks in which somebody was woken; before that nothing is known
_NEARLY_ALL = 0.7  # of these


@dataclass(slots=True)
class _Woken:
    """What was seen of one thing that is waited for. `present`: looks in which a thread ran, and another one
    was woken; `waited`: threads that have waited."""

    events: int = 0
    present: Counter[Key] = field(default_factory=Counter)
    waited: set[Key] = field(default_factory=set)


class Wakers:
    """Told of every thread that runs, and of what it had waited for."""

    def __init__(self) -> None:
        self._ran: set[Key] = set()  # since the last tick
        self._woken: dict[Hashable, set[Key]] = defaultdict(set)
        self._runs: Counter[Key] = Counter()
        self._known: dict[Hashable, _Woken] = defaultdict(_Woken)

    def ran(self, key: Key) -> None:
        """The thread has run since the last tick."""
        self._ran.add(key)

    def woke(self, key: Key, what: Hashable) -> None:
        """The thread had waited for this, and was woken since the last tick."""
        self._woken[what].add(key)

    def forget(self, key: Key) -> None:
        """The thread has ended."""
        self._runs.pop(key, None)
        for known in self._known.values():
            known.present.pop(key, None)
            known.waited.discard(key)

    def tick(self) -> None:
        """A tick, after its rows."""
        self._runs.update(self._ran)
        for what, woken in self._woken.items():
            known = self._known[what]
            known.events += 1
            known.waited |= woken
            known.present.update(self._ran - woken)
        self._ran.clear()
        self._woken.clear()

    def waker(self, what: Hashable, among: Iterable[Key]) -> Key | None:
        """Which of these threads wakes those that wait for this; None when that is not known."""
        known = self._known.get(what)
        if known is None or known.events < _FEW:
            return None
        found = {
            key: known.present[key] ** 2 / self._runs[key]
            for key in among
            if key not in known.waited and known.present[key] >= _NEARLY_ALL * known.events
        }
        return max(found, key=lambda key: (found[key], (-key[0], -key[1])), default=None)
