"""Joins what an engine saw to the rows of the kernel's view, by time.

A row says what a thread does from its tick until its next row. A thread that is blocked does not move: a look
at any instant of that time shows the stack that it waits in. A look at a thread that runs tells of the look's
own instant alone: the nearest one is taken.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

from perfdiag.model import Stack
from perfdiag.recording import Recording
from perfdiag.sampler.engines.looks import Look, Looks
from perfdiag.ticks import RUNNING, RowFlag

# monotonic ns of the row before, of this row, and of the last tick at which it surely held; does it run?
Span = tuple[int, int, int, bool]
Choose = Callable[[Sequence[Look], Span], int]


def join_spans(recording: Recording, looks: Looks, lag: int) -> int:
    """Looks that hold for a time, such as py-spy's. A change is seen `lag` ns late, on average. Returns how
    many rows got a stack."""

    def choose(seen: Sequence[Look], span: Span) -> int:
        _, at, end, runs = span
        # before the next row's tick it was still as this row says: the surest instant is half way there
        moment = at + lag if runs else max(at + lag, (at + end) // 2)
        number = bisect_right(seen, moment, key=lambda look: look.since) - 1
        return seen[number].stack if number >= 0 and seen[number].until >= at else -1

    return _join(recording, looks, choose)


def join_points(recording: Recording, looks: Looks) -> int:
    """Looks at threads on a CPU, such as perf's. A row of a thread that is blocked by then gets the stack of
    what it did before, and says so. Returns how many rows got a stack."""

    def choose(seen: Sequence[Look], span: Span) -> int:
        before, at, end, runs = span
        number = bisect_left(seen, at, key=lambda look: look.since)
        around = seen[max(0, number - 1) : number + runs]
        near = [look for look in around if before < look.since < max(at, end)]
        return min(near, key=lambda look: abs(look.since - at)).stack if near else -1

    return _join(recording, looks, choose, RowFlag.WORKED)


def _join(recording: Recording, looks: Looks, choose: Choose, waiting: int = 0) -> int:
    """Gives stacks to the threads that have none, and the flag `waiting` to their rows when blocked."""
    rows, at = recording.ticks.rows, recording.ticks.ticks["at_ns"]
    known: dict[int, int] = {}
    count = 0
    for tid, numbers in _without_stacks(recording, looks).items():
        seen = looks.by_thread[tid]
        ticks = [rows["tick"][number] for number in numbers]
        for place, number in enumerate(numbers):
            if rows["flags"][number] & RowFlag.GONE:
                continue
            runs = rows["call"][number] == RUNNING
            before = at[ticks[place - 1]] if place else 0
            following = ticks[place + 1] if place + 1 < len(ticks) else len(at) - 1
            end = at[following] if runs else at[following - 1]
            rows["flags"][number] |= 0 if runs else waiting
            found = choose(seen, (before, at[ticks[place]], end, runs))
            if found >= 0:
                rows["stack"][number] = _stack(recording, looks, known, found)
                count += 1
    return count


def _without_stacks(recording: Recording, looks: Looks) -> dict[int, list[int]]:
    """The rows of each thread that was looked at, and of which the sampler has read no stack."""
    rows = recording.ticks.rows
    read = {tid for tid, stack in zip(rows["tid"], rows["stack"], strict=True) if stack >= 0}
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number, tid in enumerate(rows["tid"]):
        if tid in looks.by_thread and tid not in read:
            found[tid].append(number)
    return found


def _stack(recording: Recording, looks: Looks, known: dict[int, int], number: int) -> int:
    """The id in the recording of a stack of the looks."""
    if number not in known:
        known[number] = len(recording.stacks)
        recording.stacks.append(Stack(id=known[number], frames=looks.stacks[number]))
    return known[number]
