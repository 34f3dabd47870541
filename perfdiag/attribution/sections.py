"""The critical section of a lock: where the holder is, in the function that the lock is acquired in."""

from collections import defaultdict
from collections.abc import Sequence

from perfdiag.attribution.locks import acquiring_frame
from perfdiag.attribution.places import function_key, place
from perfdiag.model import Place, Stack


def critical_section(
    holders: Sequence[tuple[Stack, float]], waiters: Sequence[tuple[Stack, float]]
) -> Place | None:
    """The most frequent (function, line) at which holders stand in a function that others wait in."""
    acquired = {
        function_key(frame) for stack, _ in waiters if (frame := acquiring_frame(stack.frames)) is not None
    }
    weight: dict[tuple[str, int], float] = defaultdict(float)
    found: dict[tuple[str, int], Place] = {}
    for stack, seconds in holders:
        for frame in stack.frames:
            key = (function_key(frame), frame.line)
            if key[0] in acquired:
                weight[key] += seconds
                found.setdefault(key, place(frame, stack))
                break
    best = max(weight, key=lambda key: (weight[key], key), default=None)
    return found[best] if best else None
