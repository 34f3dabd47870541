"""Which threads run the same code as one that waits, and so may be after the same thing.

Seen from the root they stand in the same functions, up to one in which they are on different lines. Where the
same line has called different functions they have different parts, as a producer and a consumer that one base
class runs, or two loops that an executor was given; but for the head of a `with` block and what stands beside
it.
"""

from collections.abc import Callable

from perfdiag.attribution.waits import work_frames
from perfdiag.model import Frame, Origin, Stack


class Alike:
    """Compares stacks, by their ids."""

    def __init__(self, stack: Callable[[int], Stack | None]) -> None:
        self._stack = stack
        self._known: dict[tuple[int, int], bool] = {}
        self._work: dict[int, tuple[Frame, ...]] = {}  # stack -> its frames, from the root

    def __call__(self, one: int, other: int) -> bool:
        pair = (one, other)
        if pair not in self._known:
            self._known[pair] = _alike(self._frames(one), self._frames(other))
        return self._known[pair]

    def _frames(self, number: int) -> tuple[Frame, ...]:
        if number not in self._work:
            stack = self._stack(number)
            self._work[number] = tuple(reversed(work_frames(stack.frames))) if stack else ()
        return self._work[number]


def _alike(one: tuple[Frame, ...], other: tuple[Frame, ...]) -> bool:
    """Of frames from the root."""
    same: Frame | None = None
    for mine, its in zip(one, other, strict=False):
        if (mine.file, mine.first_line) != (its.file, its.first_line):
            return any(frame.function.rpartition(".")[2] == "__enter__" for frame in (mine, its))
        if mine.line != its.line:
            return mine.origin is Origin.USER
        same = mine
    return same is not None and same.origin is Origin.USER
