"""Event loops that are none of asyncio's, known by their structure.

A thread that comes back again and again to wait, at the shallowest stack at which it does, for several
connections that it has accepted, runs a loop: its *home* is the chain of functions down to the one that
waits. What stands beyond the home on another stack was called by the loop.

A loop that always has something to do is hardly ever seen to wait. Where a process has several such
connections, and no thread was seen to wait for one or all of them, or for new ones, the home of a thread is
guessed: what all its stacks have in common. It runs the loop when it is the only one that is held up for
long.
"""

from collections.abc import Callable, Collection, Sequence

from perfdiag.attribution.waits import in_asyncio, work_frames
from perfdiag.model import SERVING, Frame, Object, Origin, Stack

_RETURNS = 5  # times that a thread was seen to wait for its connections: then it runs a loop
_HELPER = 1  # functions of the loop that only wait
_MODULES = "<frozen runpy>"  # below the module of `python -m`

Key = tuple[int, int]  # process, tid
Chain = tuple[tuple[str, int], ...]  # functions (file, first line) from the root


def _chain(frames: Sequence[Frame]) -> Chain:
    return tuple((frame.file, frame.first_line) for frame in reversed(frames))


def _leaf(stack: Stack) -> int:
    """Frames of the standard library at the leaf."""
    return next((n for n, frame in enumerate(stack.frames) if frame.origin is not Origin.STDLIB), 0)


def _home(stack: Stack) -> Chain:
    return _chain(stack.frames[_leaf(stack) :])


def _common(one: Chain, other: Chain) -> int:
    """Length of what two chains begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def _beyond(home: Chain, stack: Stack) -> int:
    """How many frames of a stack the loop with this home has called, or one, the function of the loop itself;
    0 when the thread is in none: the loop has ended."""
    chain = _chain(stack.frames)
    common = _common(home, chain)
    if not common or common < len(home) - _HELPER:
        return 0
    return max(len(chain) - common, _leaf(stack) + 1)


class OwnLoops:
    """`serves(process)`: whether it has several connections that it has accepted."""

    def __init__(self, stack: Callable[[int], Stack | None], serves: Callable[[int], bool]) -> None:
        self._stack, self._serves = stack, serves
        self._homes: dict[Key, Chain] = {}
        self._returns: dict[Key, int] = {}
        self._guessed: set[Key] = set()
        self._waited: set[int] = set()  # processes of which a thread waited for connections, or runs asyncio
        self._depths: dict[tuple[Chain, int], int] = {}

    def see(self, key: Key, number: int, item: Object | None) -> None:
        """A row of a thread: its stack, and what it waits for."""
        stack = self._stack(number)
        if item is not None and item.served:
            self._waited.add(key[0])
        elif item is not None and item.name.startswith(SERVING):
            self._waited.add(key[0])
            if stack is not None and not in_asyncio(stack.frames):
                self._returned(key, _home(stack))
        elif stack is not None and key[0] not in self._waited and self._serves(key[0]):
            self._guess(key, stack)

    def depth(self, key: Key, number: int) -> int:
        """Frames of the callback on a stack; 0: the thread is in none."""
        home = self._homes.get(key)
        if home is None:
            return 0
        if (home, number) not in self._depths:
            stack = self._stack(number)
            self._depths[home, number] = _beyond(home, stack) if stack else 0
        return self._depths[home, number]

    def known(self, key: Key) -> bool:
        """Whether the thread was seen to wait for its connections."""
        return key in self._returns

    def loops(self, held_up: Collection[Key]) -> set[Key]:
        """Those that run loops, of these threads that are held up for long."""
        guessed = [key for key in held_up if key in self._guessed and key[0] not in self._waited]
        processes = [process for process, _ in guessed]
        alone = {key for key in guessed if processes.count(key[0]) == 1}
        return alone | {key for key in held_up if self._returns.get(key, 0) >= _RETURNS}

    def _returned(self, key: Key, home: Chain) -> None:
        known = None if key in self._guessed else self._homes.get(key)
        self._guessed.discard(key)
        if known is None or len(home) < len(known):
            self._homes[key], self._returns[key] = home, 0
        self._returns[key] += home == self._homes[key]

    def _guess(self, key: Key, stack: Stack) -> None:
        """Of threads with user code at their roots: others are workers of a library's pool."""
        frames = work_frames(stack.frames)
        if in_asyncio(frames):
            self._waited.add(key[0])
        if key[0] in self._waited or not frames:
            return
        if frames[-1].origin is Origin.USER or frames[-1].file == _MODULES:
            home = _home(stack)
            known = self._homes.get(key, home)
            self._homes[key] = home[: _common(known, home)]
            self._guessed.add(key)
