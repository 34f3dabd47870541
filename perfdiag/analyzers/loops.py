"""Callbacks that hold up an event loop.

From the episodes of the ticks (`attribution.loops`), for each group of threads that has some: `loop.blocked`,
the share of busy time that the callbacks of such episodes take, with `where` the code in them that takes it;
`loop.callback`, the same for each function that the loop called, the largest first; `loop.episode{of}`, how
long they last: the median, the 95th percentile and the longest; `loop.episodes`, how many there were. A
function counts when most of the time below it is in episodes: short callbacks that follow each other closely
look like a long one now and then.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from perfdiag.attribution.busy import Array, Busy, busy_time
from perfdiag.attribution.loops import called
from perfdiag.attribution.places import culprit, function_key, function_keys, place
from perfdiag.attribution.waits import callback_frames
from perfdiag.diagnosis import Signal
from perfdiag.model import IMPOSED, Estimate, Place, Stack
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.stats.shares import shares
from perfdiag.timetable import Episode
from perfdiag.units import Unit

_QUANTILES = (("median", 0.5), ("95th percentile", 0.95), ("longest", 1.0))
_MOST = 16  # functions of a loop
_MOSTLY = 0.5  # of the time of a function that blocks the loop, not only now and then


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    step = state.step
    if step is None or not step.table.episodes:
        return ()
    busy = busy_time(step.table, pressed_only=state.pressed_only)
    groups: dict[str, list[Episode]] = defaultdict(list)
    for episode in step.table.episodes:
        groups[episode.group].append(episode)
    window = (step.table.start, now)
    return tuple(
        replace(
            signal,
            subject=state.subject,
            estimate=replace(signal.estimate, window=window),
            labels=(("group", group), *signal.labels),
        )
        for group, episodes in sorted(groups.items())
        for signal in _of_group(group, episodes, busy, step)
    )


def _of_group(group: str, episodes: Sequence[Episode], busy: Busy, step: Step) -> Iterator[Signal]:
    spent: dict[int, float] = defaultdict(float)
    for episode in episodes:
        for stack, seconds in episode.spent.items():
            spent[stack] += seconds
    below: dict[str, float] = defaultdict(float)
    places: dict[str, Place] = {}
    for stack in sorted(spent, key=lambda stack: -spent[stack]):
        frame = called(step.stacks[stack])
        if frame is not None:
            below[function_key(frame)] += spent[stack]
            places.setdefault(function_key(frame), place(frame, step.stacks[stack]))
    largest = sorted(below, key=lambda name: (-below[name], name))[:_MOST]
    rows = {name: _rows(group, {name}, busy, step) for name in largest}
    functions = [name for name in largest if 0 < _MOSTLY * rows[name].sum() <= below[name]]
    if not functions:
        return
    parts = [_rows(group, set(functions), busy, step), *(rows[name] for name in functions)]
    total, *each = shares(np.array(parts), busy.total)
    found = culprit(
        (_below(step.stacks[stack]), seconds)
        for stack, seconds in spent.items()
        if not function_keys(step.stacks[stack]).isdisjoint(functions)
    )
    yield Signal(name="loop.blocked", subject="", estimate=total, where=found[0] if found else None)
    for name, estimate in zip(functions, each, strict=True):
        yield Signal(name="loop.callback", subject="", estimate=estimate, where=places[name])
    yield from _durations(episodes)


def _durations(episodes: Sequence[Episode]) -> Iterator[Signal]:
    seconds = np.array([episode.t1 - episode.t0 for episode in episodes])
    count = float(len(seconds))
    estimate = Estimate(value=count, low=count, high=count, unit=Unit.COUNT, n=len(seconds))
    yield Signal(name="loop.episodes", subject="", estimate=estimate)
    for name, quantile in _QUANTILES:
        value = float(np.quantile(seconds, quantile, method="inverted_cdf"))
        estimate = Estimate(value=value, low=value, high=value, unit=Unit.SECONDS, n=len(seconds))
        yield Signal(name="loop.episode", subject="", estimate=estimate, labels=(("of", name),))


def _rows(group: str, functions: set[str], busy: Busy, step: Step) -> Array:
    """Busy time of the group below these functions, in each block."""
    return busy.part(
        row
        for key, row in busy.rows
        if key.group == group
        and key.time not in IMPOSED
        and key.stack >= 0
        and not functions.isdisjoint(function_keys(step.stacks[key.stack]))
    )


def _below(stack: Stack) -> Stack:
    """The callback alone, without what started the loop."""
    return Stack(id=stack.id, frames=tuple(callback_frames(stack.frames)) or stack.frames)


SPEC = Analyzer(name="loops", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
