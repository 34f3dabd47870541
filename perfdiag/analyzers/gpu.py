"""What the GPUs that the program computes on do while its threads work, and how long those wait for them.

For each GPU (label `gpu`) that one of its processes has memory on: `gpu.busy`, the part of the time in which
a kernel ran, and `gpu.idle`, the rest of it, 0 where no group of threads is under pressure, for then there is
nothing to compute (`where`: what most of the busy time of the host goes to); `gpu.throttled{reason}`, and
`gpu.power`. `gpu.sync`: of the busy time of the host, what goes by in waits for a GPU that is not busy
itself: in a call that synchronises, in the driver, or on one line of C code, as `item` is (labels `function`,
or `object` where the code is not known).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from perfdiag.attribution.blocked import ACCELERATORS
from perfdiag.attribution.busy import Array, Busy, busy_time
from perfdiag.attribution.phases import Phase, entry
from perfdiag.attribution.places import culprit, function_key
from perfdiag.diagnosis import Signal
from perfdiag.facts import Fact, FactFold, Level
from perfdiag.model import Meta, ObjectType, Origin, Role, Stack, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.readings import Interval
from perfdiag.stats.shares import shares
from perfdiag.timetable import TimeKey
from perfdiag.units import Unit

_FULL = 0.9  # a GPU that is busier is not held up by who waits for it
_ONE_LINE = 0.6  # of the time in C code called from user code itself, for a line that stands for a wait
_LEVELS = ("gpu.busy", "gpu.power", "gpu.throttled")

Rows = list[tuple[TimeKey, Array]]


@dataclass(frozen=True, slots=True)
class Watch:
    last: Last
    facts: FactFold

    def take(self, step: Step) -> "Watch":
        return Watch(self.last.take(step), self.facts.take(step.snapshot))


def derive(interval: Interval) -> Iterator[Fact]:
    """The levels of each GPU, once for each process on it."""
    after = interval.after
    for sample in after.samples.get("gpu.process.memory", {}).values():
        label = dict(sample.labels)
        gpu, pid = label["gpu"], label["pid"]
        who = (("gpu", gpu), ("pid", pid))
        for name, reading in (("gpu.busy", "gpu.utilization"), ("gpu.power", "gpu.power")):
            if (value := after.value(reading, gpu=gpu)) is not None:
                yield Level(name, value, Unit.RATIO, who, most=1.0 if name == "gpu.busy" else np.inf)
        for reason in after.labels("gpu.throttled", "reason"):
            value = after.value("gpu.throttled", gpu=gpu, reason=reason)
            yield Level("gpu.throttled", value, Unit.RATIO, (*who, ("reason", reason)), most=1.0)


def start(meta: Meta) -> Watch:
    return Watch(Last(meta), FactFold(derive))


def step(state: Watch, one: Step) -> Watch:
    return state.take(one)


def signals(state: Watch, now: float) -> tuple[Signal, ...]:
    last = state.last.step
    if last is None:
        return ()
    found = list(_of_its_gpus(state, last))
    levels = [signal.estimate for signal in found if signal.name == "gpu.busy"]
    if not levels:
        return ()
    busy = busy_time(last.table, pressed_only=state.last.pressed_only)
    largest = culprit((last.stacks[key.stack], float(row.sum())) for key, row in busy.rows if key.stack >= 0)
    for signal in [one for one in found if one.name == "gpu.busy"]:
        level = signal.estimate
        idle = replace(level, value=1 - level.value, low=1 - level.high, high=1 - level.low)
        if busy.seconds <= 0:
            idle = replace(idle, value=0.0, low=0.0, high=0.0)
        found.append(replace(signal, name="gpu.idle", estimate=idle, where=largest[0] if largest else None))
    full = min(level.value for level in levels) >= _FULL
    found.append(_sync(state, last, busy, [] if full else list(_waits(busy, last)), now))
    return tuple(found)


def _of_its_gpus(state: Watch, last: Step) -> Iterator[Signal]:
    """Of the GPUs that processes of the program have memory on, each once."""
    pids = {str(one.pid) for one in last.processes if one.role is not Role.PEER}
    told: set[tuple[str, str, str]] = set()
    for signal in state.facts.signals():
        key = (signal.name, signal.label("gpu"), signal.label("reason"))
        if signal.name in _LEVELS and signal.label("pid") in pids and key not in told:
            told.add(key)
            labels = tuple(pair for pair in signal.labels if pair[0] != "pid")
            yield replace(signal, subject=state.last.subject, labels=labels)


def _waits(busy: Busy, last: Step) -> Iterator[tuple[TimeKey, Array]]:
    """Rows in which the host waits for a GPU."""
    direct: dict[tuple[str, int], Rows] = defaultdict(list)
    for key, row in busy.rows:
        stack = last.stacks[key.stack] if key.stack >= 0 else None
        item = last.objects[key.object] if key.object >= 0 else None
        driver = item is not None and item.type is ObjectType.DEVICE and item.name.startswith(ACCELERATORS)
        if driver or _synchronises(stack):
            yield key, row
        elif key.time is TimeClass.NATIVE and stack and stack.frames[:1]:
            leaf = stack.frames[0]
            if leaf.origin is Origin.USER:
                direct[leaf.file, leaf.line].append((key, row))
    seconds = {line: sum(float(row.sum()) for _, row in rows) for line, rows in direct.items()}
    line = max(seconds, key=lambda line: (seconds[line], line), default=None)
    if line and seconds[line] >= _ONE_LINE * sum(seconds.values()):
        yield from direct[line]


def _synchronises(stack: Stack | None) -> bool:
    found = entry(stack.frames) if stack else None
    return found is not None and found[0] is Phase.SYNCHRONISE


def _sync(state: Watch, last: Step, busy: Busy, rows: Rows, now: float) -> Signal:
    (share,) = shares(np.array([busy.part(row for _, row in rows)]), busy.total)
    weights = _by_stack(rows, last)
    found = culprit((stack, seconds) for stack, seconds in weights.values())
    functions = {("function", _function(stack)) for stack, _ in weights.values()}
    driver = {("object", last.objects[key.object].name) for key, _ in rows if key.object >= 0}
    return Signal(
        name="gpu.sync",
        subject=state.last.subject,
        estimate=replace(share, window=(last.table.start, now)),
        labels=tuple(sorted(functions or driver)),
        where=found[0] if found else None,
    )


def _by_stack(rows: Iterable[tuple[TimeKey, Array]], last: Step) -> Mapping[int, tuple[Stack, float]]:
    seconds: dict[int, float] = defaultdict(float)
    for key, row in rows:
        if key.stack >= 0:
            seconds[key.stack] += float(row.sum())
    return {number: (last.stacks[number], total) for number, total in seconds.items()}


def _function(stack: Stack) -> str:
    """The function whose time it is: that which synchronises, or the one that called C code."""
    found = entry(stack.frames)
    return function_key(stack.frames[found[1] if found and found[0] is Phase.SYNCHRONISE else 0])


SPEC = Analyzer(name="gpu", help=__doc__ or "", start=start, step=step, signals=signals)
