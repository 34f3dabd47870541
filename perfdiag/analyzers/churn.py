"""Threads and processes that are made and thrown away: how many, and what making them costs.

`churn.share`: of the busy time, what is spent below library code that starts threads or processes, and by
short-lived threads that were never seen in code of the program. Waits of a start for a CPU, or for the GIL
that is not known to be held for another start, are left out: computing is what makes them. Labels, one a
line: `functions` (that library code) and `groups` (those threads); `where`: the code that starts them.
`churn.births`: threads a second that were born during the look and seen; those that live shorter than a tick
are not. Absent where it is processes that are started: they are not seen here.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence

from perfdiag.attribution.busy import busy_time
from perfdiag.attribution.makers import PROCESSES, STARTERS, made_in
from perfdiag.attribution.places import culprit
from perfdiag.diagnosis import Signal
from perfdiag.model import Estimate, Origin, Stack, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.stats.shares import share
from perfdiag.ticks import FIRST_TASK
from perfdiag.timetable import TimeKey
from perfdiag.units import Unit

_SHORT = 1.0  # seconds; a thread that lives longer was worth making
_FEW = 10  # threads of a group; of fewer nothing can be said
_CODE = {Origin.USER, Origin.LIBRARY}
_OTHERS = {TimeClass.CHILD}  # what a child does is its own time


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    return tuple(_signals(state, now)) if state.step and state.step.stacks else ()


def _signals(state: Last, now: float) -> Iterator[Signal]:
    step = state.step
    assert step is not None
    window = (step.table.start, now)
    subject = state.subject
    made = {number: made_in(stack, STARTERS) for number, stack in enumerate(step.stacks)}
    lives = _lives(step)
    groups = {group for group, spent in lives.items() if _short(spent)} - _with_code(step)
    born = sum(len(lives[group]) for group in lives if _short(lives[group]))
    births = born / max(1e-9, window[1] - window[0])
    rate = Estimate(value=births, low=births, high=births, unit=Unit.PER_SECOND, n=born, window=window)
    starting = list(_starting(step, made))
    if not _mostly_processes(starting):
        yield Signal(name="churn.births", subject=subject, estimate=rate)
    busy = busy_time(step.table, pressed_only=state.pressed_only)
    idle = set(range(len(step.stacks))) - _coded(step.stacks)
    making = idle | {number for number, maker in made.items() if maker}
    rows = [
        row
        for key, row in busy.rows
        if key.time not in _OTHERS
        and (key.group in groups or (made.get(key.stack) and _of_its_own(key, making)))
    ]
    found = culprit(starting)
    yield Signal(
        name="churn.share",
        subject=subject,
        estimate=share(busy.part(rows), busy.total),
        labels=(
            ("functions", "\n".join(sorted({name for name in made.values() if name}))),
            ("groups", "\n".join(sorted(groups))),
        ),
        where=found[0] if found else None,
    )


def _of_its_own(key: TimeKey, making: Container[int]) -> bool:
    """Whether time below a start is spent on it, and not in waiting for what others compute."""
    if key.time is TimeClass.GIL:
        return key.other in making
    return key.time is not TimeClass.RUNQUEUE


def _lives(step: Step) -> dict[str, list[float]]:
    """Seconds that each thread of a group was seen for."""
    lives: dict[str, list[float]] = defaultdict(list)
    for (_, tid, group), spent in step.table.by_thread.items():
        if tid < FIRST_TASK:
            lives[group].append(spent[True] + spent[False])
    return lives


def _short(spent: list[float]) -> bool:
    """Whether the threads of a group are many, and nearly all of them short-lived."""
    return len(spent) >= _FEW and sorted(spent)[int(0.9 * len(spent))] < _SHORT


def _with_code(step: Step) -> set[str]:
    """Groups that were seen in code of the program or of a library that it uses."""
    coded = _coded(step.stacks)
    return {key.group for key in step.table.rows if key.stack in coded}


def _coded(stacks: Sequence[Stack]) -> set[int]:
    """Stacks with code of the program or of a library that it uses."""
    return {
        number for number, stack in enumerate(stacks) if any(frame.origin in _CODE for frame in stack.frames)
    }


def _mostly_processes(starting: Sequence[tuple[Stack, float]]) -> bool:
    seconds = [(bool(made_in(stack, PROCESSES)), spent) for stack, spent in starting]
    return sum(spent for process, spent in seconds if process) > sum(
        spent for process, spent in seconds if not process
    )


def _starting(step: Step, made: dict[int, str | None]) -> Iterator[tuple[Stack, float]]:
    """Where threads are started, under pressure or not."""
    for key, row in busy_time(step.table, pressed_only=False).rows:
        if made.get(key.stack) and key.time not in _OTHERS:
            yield step.stacks[key.stack], float(row.sum())


SPEC = Analyzer(name="churn", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
