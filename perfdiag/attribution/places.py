"""From stacks to a place in the code that a person can change."""

import re
from collections import defaultdict
from collections.abc import Iterable

from perfdiag.attribution.groups import NATIVE, outside_kernel, own_frames, user_frame
from perfdiag.model import Frame, Origin, Place, Stack

_DOMINANT = 0.6  # of the time; below it a caller, not one of its callees, is the place to look at
_COMPREHENSION = re.compile(r"(?:\.<locals>)?\.<(?:listcomp|genexpr|dictcomp|setcomp)>")
_CONSTRUCTORS = {"__init__", "__new__", "__post_init__", "__setattr__"}
_SHOWN = 12  # frames of a stack in a report


def function_name(frame: Frame) -> str:
    """The qualified name; a comprehension belongs to the function that it stands in."""
    name = frame.function
    if "<" not in name:  # most are plain, and this is asked of every frame of every stack
        return name
    return _COMPREHENSION.sub("", name)


def function_key(frame: Frame) -> str:
    return f"{frame.file}:{function_name(frame)}"


def function_keys(stack: Stack) -> set[str]:
    """Every function on the stack, as claims name them."""
    return {function_key(frame) for frame in stack.frames}


def spot(file: str, line: int) -> str:
    """'file:line'; the file alone where lines are not known."""
    return f"{file}:{line}" if line else file


def place(frame: Frame, stack: Stack) -> Place:
    """A frame as findings name it, with the stack from it to the root."""
    start = stack.frames.index(frame)
    lines = tuple(f"{spot(f.file, f.line)} {function_name(f)}" for f in stack.frames[start : start + _SHOWN])
    return Place(file=frame.file, function=function_name(frame), line=frame.line, stack=lines)


def _chain(stack: Stack, callers: bool) -> list[Frame]:
    """User frames from the root to the leaf; of a native stack the program's own, or those outside of the
    kernel, or all. Where there are none, the frame that stands for the stack.
    With `callers`, constructors are left out."""
    user = [frame for frame in reversed(stack.frames) if frame.origin is Origin.USER]
    if callers:
        user = [f for f in user if f.function.rpartition(".")[2] not in _CONSTRUCTORS] or user
    single = user_frame(stack.frames)
    if not user and single is not None and single.origin in NATIVE:
        outside = outside_kernel(reversed(stack.frames))
        return list(own_frames(outside) or outside or reversed(stack.frames))
    return user or ([single] if single else [])


def culprit(weights: Iterable[tuple[Stack, float]], *, callers: bool = False) -> tuple[Place, float] | None:
    """The deepest function of user code below which most of the time is spent, and its share of it.

    From the root, the call tree is followed for as long as one callee has most of the whole; where the time
    splits up, the function that it splits in is the place to look at. The line is its most frequent one.
    `callers`: who makes the objects, not their constructors.
    """
    chains = [(_chain(stack, callers), stack, seconds) for stack, seconds in weights]
    chains = [row for row in chains if row[0] and row[2] > 0]
    total = sum(seconds for _, _, seconds in chains)
    if total <= 0:
        return None
    depth, here = 0, chains
    while True:
        below: dict[str, list[tuple[list[Frame], Stack, float]]] = defaultdict(list)
        for row in here:
            if len(row[0]) > depth:
                below[function_key(row[0][depth])].append(row)
        spent, best = max(
            ((sum(row[2] for row in rows), key) for key, rows in below.items()), default=(0.0, "")
        )
        if not best or (depth > 0 and spent < _DOMINANT * total):
            break
        here = below[best]
        depth += 1
    lines: dict[tuple[int, str], float] = defaultdict(float)
    for chain, _, seconds in here:
        lines[chain[depth - 1].line, function_key(chain[depth - 1])] += seconds
    line = max(lines, key=lambda key: (lines[key], key))
    chain, stack, _ = next(row for row in here if row[0][depth - 1].line == line[0])
    return place(chain[depth - 1], stack), sum(seconds for _, _, seconds in here) / total
