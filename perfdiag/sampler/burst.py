"""What stayed of what a process took, in looks in quick succession, and which stacks were met meanwhile.

Much of what is taken is given back soon, by other code than took it. What is added for good is the rise of
the lowest level that is still to come; it can be told for all looks but the last, after which there is too
little time to give anything back.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

Level = tuple[int, int]  # pages, descriptors
Key = tuple[tuple[int, ...], bool]  # stacks, and whether they were seen at work

_TOLD = 2 / 3  # of the looks
LONGEST = 200_000  # nanoseconds between two looks: in longer ones the looker had no CPU, and much can happen
_MOST = 4  # stacks for one look; what more of them did cannot be told apart


class Look(NamedTuple):
    """A level, when it was read (nanoseconds), and the stacks met at the look before and at this one."""

    at: int
    level: Level
    stacks: tuple[int, ...]
    work: bool


class Credit(NamedTuple):
    """Looks that met some stacks, and the pages and descriptors that were added for good meanwhile."""

    looks: int = 0
    pages: int = 0
    descriptors: int = 0


def look(at: int, level: Level, stacks: Iterable[int], *, work: bool) -> Look:
    return Look(at, level, tuple(sorted(set(stacks)))[:_MOST], work)


def credited(looks: list[Look], longest: int = LONGEST) -> Iterator[tuple[Key, Credit]]:
    """For each look but the first and the last of them, what it added for good."""
    lowest = list(zip(*(_lowest_to_come(one.level[part] for one in looks) for part in (0, 1)), strict=True))
    for number in range(1, int(len(looks) * _TOLD)):
        pages, descriptors = (b - a for a, b in zip(lowest[number - 1], lowest[number], strict=True))
        one = looks[number]
        if one.stacks and one.at - looks[number - 1].at <= longest:
            yield (one.stacks, one.work), Credit(1, pages, descriptors)


def _lowest_to_come(levels: Iterable[int]) -> list[int]:
    return list(accumulate(reversed(list(levels)), min))[::-1]
