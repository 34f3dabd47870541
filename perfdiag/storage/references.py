"""References inside a recording that was read: every id must point into its list, ticks must be in order."""

from array import array
from collections.abc import Iterable
from itertools import pairwise

from perfdiag.model import Frame, Stack
from perfdiag.recording import Recording


def restored_stacks(stacks: list[tuple[int, ...]], frames: list[Frame]) -> list[Stack]:
    """Stacks from lists of indices into `frames`. Raises ValueError when one points outside."""
    if any(not 0 <= number < len(frames) for stack in stacks for number in stack):
        raise ValueError("a stack has an unknown frame")
    return [
        Stack(id=number, frames=tuple(frames[frame] for frame in stack))
        for number, stack in enumerate(stacks)
    ]


def check_ids(recording: Recording) -> None:
    """Raises ValueError unless ids are in range, times and ticks in order: attribution relies on both."""
    ticks, processes = recording.ticks, len(recording.processes)
    _within(array("q", (thread.process for thread in recording.threads)), 0, processes)
    if any(item.id != number for number, item in enumerate(recording.objects)):
        raise ValueError("the objects are not in order")
    for table in (ticks.rows, ticks.gil):
        _within(table["tick"], 0, len(ticks.ticks))
        _ascending(table["tick"])
        _within(table["process"], 0, processes)
    _within(ticks.rows["object"], -1, len(recording.objects))
    _within(ticks.rows["stack"], -1, len(recording.stacks))
    _ascending(ticks.ticks["at_ns"])
    _ascending([snapshot.at for snapshot in recording.snapshots])
    for table in (ticks.ticks, ticks.rows, ticks.gil):
        _within(table["flags"], 0, 1 << 31)


def _within(values: "array[int]", low: int, stop: int) -> None:
    if values and not (min(values) >= low and max(values) < stop):
        raise ValueError("an id points to nothing")


def _ascending(values: Iterable[float]) -> None:
    if any(later < earlier for earlier, later in pairwise(values)):
        raise ValueError("its times are not in order")
