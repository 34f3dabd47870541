"""Waits for children that do a part of the program itself: how many have ended, and how long each was waited
for.

`churn.children`, one for each group of threads that waits so: of the busy time, what is spent in these waits,
and in the kernel, in page faults and in the queue for a CPU in the function that waits, which are those of
forking. Labels: `group`; `function`, that function, where it is known; `ended`, children a second; `life`,
seconds that one was waited for, mean. The object is the children, where no function is known. A child that
runs another program than its parent is none of them: what that does is not the cost of starting it.
"""

from collections import defaultdict
from collections.abc import Iterator

from perfdiag.attribution.busy import Array, Busy, busy_time
from perfdiag.attribution.makers import COMMANDS, made_in
from perfdiag.attribution.places import culprit, function_keys
from perfdiag.diagnosis import Signal
from perfdiag.model import ObjectType, Place, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.stats.shares import share
from perfdiag.timetable import TimeKey

# what a fork costs the one that forks, besides the wait
_FORKING = {TimeClass.KERNEL, TimeClass.FAULT, TimeClass.RUNQUEUE}

Rows = list[tuple[TimeKey, Array]]


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    if state.step is None:
        return ()
    busy = busy_time(state.step.table, pressed_only=state.pressed_only)
    groups: dict[str, Rows] = defaultdict(list)
    for key, row in busy.rows:
        if _forked(key, state.step):
            groups[key.group].append((key, row))
    window = (state.step.table.start, now)
    return tuple(_signal(state, waits, busy, window) for waits in groups.values())


def _forked(key: TimeKey, step: Step) -> bool:
    """Whether it is a wait for a child that runs the same program as its parent."""
    if key.time is not TimeClass.CHILD or key.object < 0:
        return False
    item = step.objects[key.object]
    same = item.type is ObjectType.CHILD and item.name == step.processes[key.process].comm
    return same and (key.stack < 0 or made_in(step.stacks[key.stack], COMMANDS) is None)


def _signal(state: Last, waits: Rows, busy: Busy, window: tuple[float, float]) -> Signal:
    step = state.step
    assert step is not None
    found = culprit((step.stacks[key.stack], float(row.sum())) for key, row in waits if key.stack >= 0)
    where = found[0] if found else None
    ended = sum(busy.turns.get(key, 0.0) for key, _ in waits)
    seconds = sum(float(row.sum()) for _, row in waits)
    group = waits[0][0].group
    rows = [*(row for _, row in waits), *_forking(busy, step, group, where)]
    return Signal(
        name="churn.children",
        subject=state.subject,
        estimate=share(busy.part(rows), busy.total),
        labels=(
            ("group", group),
            ("function", f"{where.file}:{where.function}" if where else ""),
            ("ended", f"{ended / max(1e-9, window[1] - window[0]):.6g}"),
            ("life", f"{seconds / max(1e-9, ended):.6g}"),
        ),
        where=where,
        object=None if where else step.objects[waits[0][0].object],
    )


def _forking(busy: Busy, step: Step, group: str, where: Place | None) -> Iterator[Array]:
    """Time of the kernel's in the function that waits."""
    name = f"{where.file}:{where.function}" if where else ""
    for key, row in busy.rows:
        of_group = key.group == group and key.time in _FORKING and key.stack >= 0
        if name and of_group and name in function_keys(step.stacks[key.stack]):
            yield row


SPEC = Analyzer(name="children", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
