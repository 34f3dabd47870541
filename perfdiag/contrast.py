"""Two processes that were looked at in the same ticks: which of them spends more time, and on what.

Both stand on one host in one window, so what the host does to them it does to both. Compared is busy thread
time per second, without what is spent ready and waiting for a CPU. It grows with the work that a process is
given too, so the two must be given alike.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from perfdiag.attribution.busy import Array, Busy
from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import culprit, function_key
from perfdiag.diagnosis import Contrast, ContrastRow
from perfdiag.model import AGAINST, Estimate, Meta, Place, TimeClass
from perfdiag.recording import Recording
from perfdiag.stats.differences import change, difference
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit, human

LIMIT = 0.2  # more busy time: two equal processes of a service differ by less, and more is worth a look
_SATURATED = 0.97  # of its time: a thread that is busy then cannot be seen to become busier
_LEAST = 0.01  # of the busy time of both; smaller functions are left out
_MOST = 10  # functions
_OF_THE_HOST = frozenset({TimeClass.RUNQUEUE, TimeClass.THROTTLED})  # not what it does: what is done to it
_SHOWN = 0.005  # threads; what differs by less is shown as equal

Rows = dict[int, Array]  # process -> busy seconds of each block


def contrast(recording: Recording, meta: Meta, table: TimeTable, busy: Busy) -> Contrast | None:
    """How the second process differs from the first; None where that was not asked for. `busy`: of all
    groups of threads."""
    if AGAINST not in dict(meta.options) or len(recording.processes) < 2:
        return None
    classes: dict[str, Rows] = defaultdict(dict)
    functions: dict[str, Rows] = defaultdict(dict)
    total: Rows = {0: np.zeros_like(busy.total), 1: np.zeros_like(busy.total)}
    for key, row in busy.rows:
        parts = [classes[str(key.time)]]
        if key.time not in _OF_THE_HOST:
            frame = user_frame(recording.stacks[key.stack].frames) if key.stack >= 0 else None
            parts += [total, functions[function_key(frame)]] if frame else [total]
        for part in parts:
            part[key.process] = part[key.process] + row if key.process in part else row.copy()
    seconds = max(1, table.blocks) * table.block
    places = _places(recording, busy)
    largest = sorted(functions, key=lambda name: (-_seconds(functions[name]), name))
    kept = [name for name in largest[:_MOST] if _seconds(functions[name]) >= _LEAST * _seconds(total)]
    named = [("class", name, classes[name]) for name in sorted(classes, key=lambda n: -_seconds(classes[n]))]
    named += [("function", name, functions[name]) for name in kept]
    sure = 1 - 0.05 / max(1, len(named))  # any of them by chance once in twenty looks
    rows = [_row(kind, name, part, seconds, places.get(name), sure) for kind, name, part in named]
    whole = _row("total", "", total, seconds, None, 0.95)
    verdict, because = _verdict(whole, _busiest(table))
    if any(one.gone is not None for one in recording.processes[:2]):
        verdict, because = "undecided", "one of them has ended while it was looked at"
    names = [f"{one.comm} (pid {one.pid})" for one in recording.processes[:2]]
    return Contrast(
        base=names[0], other=names[1], verdict=verdict, because=because, limit=LIMIT, rows=(whole, *rows)
    )


def _seconds(part: Rows) -> float:
    return float(sum(row.sum() for row in part.values()))


def _places(recording: Recording, busy: Busy) -> Mapping[str, Place]:
    """Where each function spends most of its time."""
    stacks: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for key, row in busy.rows:
        frame = user_frame(recording.stacks[key.stack].frames) if key.stack >= 0 else None
        if frame:
            stacks[function_key(frame)].append((key.stack, float(row.sum())))
    found = {
        name: culprit((recording.stacks[number], seconds) for number, seconds in weights)
        for name, weights in stacks.items()
    }
    return {name: place[0] for name, place in found.items() if place is not None}


def _row(
    kind: str, name: str, part: Rows, seconds: float, where: Place | None, confidence: float
) -> ContrastRow:
    some = next(iter(part.values()))
    base, other = (part.get(process, np.zeros_like(some)) for process in (0, 1))
    sure = difference(base, other, seconds, confidence=confidence)
    return ContrastRow(
        kind=kind,
        name=name,
        base=float(base.sum()) / seconds,
        other=float(other.sum()) / seconds,
        difference=difference(base, other, seconds),
        change=change(base, other),
        certain=abs(sure.value) >= _SHOWN and (sure.low > 0 or sure.high < 0),
        where=where,
    )


def _busiest(table: TimeTable) -> Sequence[float]:
    """Of each process, the share of its time for which its busiest thread was busy."""
    found = [0.0, 0.0]
    for (process, _, _), spent in table.by_thread.items():
        whole = spent[True] + spent[False]
        if process < len(found) and whole > 0:
            found[process] = max(found[process], spent[True] / whole)
    return found


def _verdict(whole: ContrastRow, busiest: Sequence[float]) -> tuple[str, str]:
    """'worse', 'not worse' or 'undecided', by the bounds of the interval, and why."""
    found = whole.change
    if found is None:
        return "undecided", "the first process was idle: there is nothing to compare with"
    told = f"busy thread time differs by {_signed(found)}; the limit is {human(LIMIT, Unit.RATIO)} more"
    if found.low > LIMIT:
        return "worse", told
    if found.high > LIMIT:
        return "undecided", f"{told}; look for longer"
    if min(busiest) >= _SATURATED:
        return "undecided", "both are busy all of the time, which cannot grow: compare what they get done"
    return "not worse", told


def _signed(found: Estimate) -> str:
    value, low, high = (f"{100 * number:+.0f} %" for number in (found.value, found.low, found.high))
    return f"{value} [{low}, {high}]"
