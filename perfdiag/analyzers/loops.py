"""Callbacks that hold up an event loop.

From the episodes of the ticks (`attribution.loops`), for each group of threads that has some: `loop.blocked`,
the share of busy time that the callbacks of such episodes take, with `where` the code in them that takes it;
`loop.callback`, the same for each function that the loop called, the largest first; `loop.episode{of}`, how
long they last: the median, the 95th percentile and the longest; `loop.episodes`, how many there were;
`loop.delay`, how long what becomes ready at a random moment waits for the loop, in the mean (the sum of the
squares of the episodes over twice the time), and `loop.held`, the part of the time in which it has to wait.
`loop.lasted{loop, of}`: the durations of the callback at `where`, of each loop apart (label `loop` where
there are several). A function counts when most of the time below it is in episodes: short callbacks that
follow each other closely look like a long one now and then.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from perfdiag.attribution.busy import Array, Busy, busy_time
from perfdiag.attribution.loops import called
from perfdiag.attribution.places import culprit, function_key, function_keys, place
from perfdiag.diagnosis import Signal
from perfdiag.model import IMPOSED, Estimate, Labels, Place, Stack
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.stats.shares import shares
from perfdiag.timetable import Episode
from perfdiag.units import Unit

_QUANTILES = (("median", 0.5), ("95th percentile", 0.95), ("longest", 1.0))
_MOST = 16  # functions of a loop
_TABLE = 8  # callbacks whose durations are told one by one
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
        for signal in _of_group(group, episodes, busy, step, now)
    )


def _of_group(
    group: str, episodes: Sequence[Episode], busy: Busy, step: Step, now: float
) -> Iterator[Signal]:
    spent: dict[int, float] = defaultdict(float)
    depth: dict[int, int] = {}
    for episode in episodes:
        depth |= episode.depth
        for stack, seconds in episode.spent.items():
            spent[stack] += seconds
    below: dict[str, float] = defaultdict(float)
    places: dict[str, Place] = {}
    for stack in sorted(spent, key=lambda stack: -spent[stack]):
        frame = called(step.stacks[stack], depth[stack])
        if frame is not None:
            below[function_key(frame)] += spent[stack]
            places.setdefault(function_key(frame), place(frame, step.stacks[stack]))
    largest = sorted(below, key=lambda name: (-below[name], name))[:_MOST]
    rows = _rows(group, busy, step)
    spans = {name: _time_below({name}, rows, busy) for name in largest}
    functions = [name for name in largest if 0 < _MOSTLY * spans[name].sum() <= below[name]]
    if not functions:
        return
    parts = [_time_below(set(functions), rows, busy), *(spans[name] for name in functions)]
    total, *each = shares(np.array(parts), busy.total)
    found = culprit(
        (_below(step.stacks[stack], depth[stack]), seconds)
        for stack, seconds in spent.items()
        if not function_keys(step.stacks[stack]).isdisjoint(functions)
    )
    yield Signal(name="loop.blocked", subject="", estimate=total, where=found[0] if found else None)
    for name, estimate in zip(functions, each, strict=True):
        yield Signal(name="loop.callback", subject="", estimate=estimate, where=places[name])
    yield from _durations("loop.episode", [episode.t1 - episode.t0 for episode in episodes])
    yield _plain("loop.episodes", len(episodes), Unit.COUNT, len(episodes))
    yield from _held_up(episodes, now - step.table.start)
    yield from _callbacks(episodes, step)


def _held_up(episodes: Sequence[Episode], wall: float) -> Iterator[Signal]:
    """What others had to wait for, on average over the loops."""
    loops = len({(episode.process, episode.tid) for episode in episodes})
    lengths = np.array([episode.t1 - episode.t0 for episode in episodes])
    if wall > 0:
        yield _plain("loop.delay", float((lengths**2).sum()) / (2 * wall * loops), Unit.SECONDS, len(lengths))
        yield _plain("loop.held", min(1.0, float(lengths.sum()) / (wall * loops)), Unit.RATIO, len(lengths))


def _callbacks(episodes: Sequence[Episode], step: Step) -> Iterator[Signal]:
    """How long each callback took, by the line that the loop called in each loop."""
    lasted: dict[tuple[int, int, str, int], list[float]] = defaultdict(list)
    places: dict[tuple[int, int, str, int], Place] = {}
    for episode in episodes:
        number = max(episode.spent, key=lambda stack: episode.spent[stack])
        stack = step.stacks[number]
        frame = called(stack, episode.depth[number])
        if frame is not None:
            key = (episode.process, episode.tid, function_key(frame), frame.line)
            lasted[key].append(episode.t1 - episode.t0)
            places.setdefault(key, place(frame, stack))
    several = len({key[:2] for key in lasted}) > 1
    for key in sorted(lasted, key=lambda key: (-sum(lasted[key]), key))[:_TABLE]:
        loop = f"thread {key[1]} of {step.processes[key[0]].pid}" if several else ""
        yield from _durations("loop.lasted", lasted[key], (("loop", loop),), places[key])


def _durations(
    name: str, seconds: Sequence[float], labels: Labels = (), where: Place | None = None
) -> Iterator[Signal]:
    for of, quantile in _QUANTILES:
        value = float(np.quantile(seconds, quantile, method="inverted_cdf"))
        signal = _plain(name, value, Unit.SECONDS, len(seconds))
        yield replace(signal, labels=(*labels, ("of", of)), where=where)


def _plain(name: str, value: float, unit: Unit, n: int) -> Signal:
    estimate = Estimate(value=float(value), low=float(value), high=float(value), unit=unit, n=n)
    return Signal(name=name, subject="", estimate=estimate)


def _rows(group: str, busy: Busy, step: Step) -> list[tuple[set[str], Array]]:
    """Busy time of the group, in each block, and the functions that it was spent below."""
    return [
        (function_keys(step.stacks[key.stack]), row)
        for key, row in busy.rows
        if key.group == group and key.time not in IMPOSED and key.stack >= 0
    ]


def _time_below(functions: set[str], rows: Sequence[tuple[set[str], Array]], busy: Busy) -> Array:
    return busy.part(row for names, row in rows if not functions.isdisjoint(names))


def _below(stack: Stack, depth: int) -> Stack:
    """The callback alone, without what started the loop."""
    return Stack(id=stack.id, frames=stack.frames[:depth] or stack.frames)


SPEC = Analyzer(name="loops", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
