"""Locks that threads wait for: who has them, what those do meanwhile, how long it takes, and deadlocks.

About each lock (label `lock`, the largest wait first): `lock.held`, the share of the time waited for it in
which the holder (`where`, in the function that takes the lock; label `thread`) did one thing, told by the
label `does`, in code at `other`, on `object`; `lock.waiter`, how many threads wait at `where`;
`lock.time{what, of}`, the median, the 95th percentile and the longest of its episodes of waiting and of
holding, as long as a look lasts at least. `lock.deadlock` (label `ring`: those with the same number belong
together), for how long a thread has stood still that waits at `where` for a lock which one at `other` has,
that waits for the next lock of the ring; of a ring of one thread the lock is its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from perfdiag.attribution.does import DOES
from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import place
from perfdiag.attribution.sections import critical_section
from perfdiag.diagnosis import Signal
from perfdiag.judge import name_of
from perfdiag.model import Estimate, Object, Place, Stack, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.timetable import Doing, LockUse
from perfdiag.units import Unit

_MOST = 8  # locks, and rows of each
_QUANTILES = (("median", 0.5), ("95th percentile", 0.95), ("longest", 1.0))
_WORDS = DOES | {
    None: "computes, or waits for a CPU",
    TimeClass.GIL: "waits for the GIL",
    TimeClass.LOCK: "waits for another lock",
    TimeClass.POOL: "waits for a turn",
    TimeClass.QUEUE: "waits for room in a queue",
    TimeClass.CHILD: "waits for the child",
    TimeClass.IDLE: "sleeps, or waits for a thread to end",
    TimeClass.UNKNOWN: "waits for",
}
_ON = {
    TimeClass.DISK: "a file",
    TimeClass.WRITE: "a file",
    TimeClass.FSYNC: "a file",
    TimeClass.NETWORK: "a peer",
    TimeClass.CONNECT: "a peer",
    TimeClass.SEND: "a peer",
    TimeClass.CHILD: "process",
    TimeClass.UNKNOWN: "something",
}


Alike = tuple[str, TimeClass | None, str, str]  # place of the holder, what it does, where and on what


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    step = state.step
    if step is None:
        return ()
    window = (step.table.start, now)
    uses = sorted(step.table.locks, key=lambda use: (-sum(use.doing.values()), use.process, use.object))
    found = [signal for use in uses[:_MOST] for signal in _of_lock(use, step, 1 / max(state.meta.rate, 1e-9))]
    found += _deadlocks(step, now)
    return tuple(
        replace(signal, subject=state.subject, estimate=replace(signal.estimate, window=window))
        for signal in found
    )


def _of_lock(use: LockUse, step: Step, tick: float) -> Iterator[Signal]:
    lock = step.objects[use.object].name
    waiters = [(step.stacks[stack], 1.0) for stack in use.waiters.values() if stack >= 0]
    yield from _held(use, lock, waiters, step)
    places: dict[tuple[str, int], Place] = {}
    count: dict[tuple[str, int], int] = defaultdict(int)
    for stack, _ in waiters:
        where = _user(stack)
        if where is not None:
            places.setdefault((where.file, where.line), where)
            count[where.file, where.line] += 1
    for key in sorted(count, key=lambda key: (-count[key], key))[:_MOST]:
        yield _signal("lock.waiter", _exactly(count[key], Unit.COUNT), lock=lock, where=places[key])
    for what, seconds in (("waits", use.waits), ("holds", use.holds)):
        if seconds:
            for of, value in zip(_QUANTILES, _quantiles(seconds, tick), strict=True):
                estimate = replace(_exactly(value, Unit.SECONDS), n=len(seconds), caveats=(f"{tick:.3g}",))
                yield _signal("lock.time", estimate, lock=lock, what=what, of=of[0])


def _quantiles(seconds: Sequence[float], tick: float) -> list[float]:
    return [
        max(tick, float(np.quantile(seconds, quantile, method="inverted_cdf"))) for _, quantile in _QUANTILES
    ]


def _held(use: LockUse, lock: str, waiters: Sequence[tuple[Stack, float]], step: Step) -> Iterator[Signal]:
    """What the holders do, alike ones together."""
    total = sum(use.doing.values())
    seconds: dict[Alike, float] = defaultdict(float)
    first: dict[Alike, tuple[Doing, Place | None, Place | None]] = {}
    for doing, waited in use.doing.items():
        if doing.stack < 0 or total <= 0:
            continue
        stack = step.stacks[doing.stack]
        at = _user(stack)
        where = critical_section([(stack, 1.0)], waiters) or at
        key: Alike = (name_of(where), doing.time, name_of(at) if at != where else "", _name(doing, step))
        seconds[key] += waited
        first.setdefault(key, (doing, where, at))
    for key in sorted(seconds, key=lambda key: (-seconds[key], str(key)))[:_MOST]:
        doing, where, at = first[key]
        yield replace(
            _signal(
                "lock.held",
                replace(_exactly(seconds[key] / total, Unit.RATIO), n=len(use.waits)),
                lock=lock,
                does=_does(doing, step),
                thread=_thread(use.process, doing.tid, step),
            ),
            where=where,
            other=at,
            object=_object(doing, step),
        )


def _does(doing: Doing, step: Step) -> str:
    words = _WORDS.get(doing.time, "waits")
    if doing.time not in _ON:
        return words
    return f"{words} {_name(doing, step) or _ON[doing.time]}"


def _object(doing: Doing, step: Step) -> Object | None:
    return step.objects[doing.object] if doing.object >= 0 else None


def _name(doing: Doing, step: Step) -> str:
    item = _object(doing, step)
    if item is None:
        return ""
    return f"{item.service} at {item.name}" if item.service else item.name


def _user(stack: Stack) -> Place | None:
    frame = user_frame(stack.frames) if stack.frames else None
    return place(frame, stack) if frame else None


def _at(number: int, step: Step) -> Place | None:
    return _user(step.stacks[number]) if number >= 0 else None


def _thread(process: int, tid: int, step: Step) -> str:
    """'billing-3 (thread 4711)'; a name that is that of the process says nothing."""
    named = (one.name for one in step.threads if (one.process, one.tid) == (process, tid))
    name = next(named, "")
    return f"thread {tid}" if name in ("", step.processes[process].comm) else f"{name} (thread {tid})"


def _exactly(value: float, unit: Unit) -> Estimate:
    return Estimate(value=value, low=value, high=value, unit=unit, n=1)


def _signal(name: str, estimate: Estimate, *, where: Place | None = None, **labels: str) -> Signal:
    return Signal(name=name, subject="", estimate=estimate, where=where, labels=tuple(labels.items()))


# -- deadlocks --------------------------------------------------------------------------------------


def _deadlocks(step: Step, now: float) -> Iterator[Signal]:
    uses = {
        (use.process, tid): (use, holder, since)
        for use in step.table.locks
        for tid, (holder, since) in use.blocks.items()
    }
    for number, ring in enumerate(_rings({key: (key[0], known[1]) for key, known in uses.items()})):
        for key in ring:
            use, holder, since = uses[key]
            other, _, _ = uses[key[0], holder]
            yield replace(
                _signal(
                    "lock.deadlock",
                    _exactly(now - since, Unit.SECONDS),
                    where=_at(use.waiters[key], step),
                    ring=str(number),
                    lock=step.objects[use.object].name,
                    thread=_thread(*key, step),
                    holder=_thread(key[0], holder, step),
                ),
                object=step.objects[use.object],
                other=_at(other.waiters[key[0], holder], step),
            )


Key = tuple[int, int]  # process, tid


def _rings(waits_for: Mapping[Key, Key]) -> Iterable[list[Key]]:
    """The cycles of a graph in which each node has at most one edge, each from its least node on."""
    seen: set[Key] = set()
    for start in sorted(waits_for):
        path: list[Key] = []
        here = start
        while here in waits_for and here not in seen:
            seen.add(here)
            path.append(here)
            here = waits_for[here]
        if here in path:
            ring = path[path.index(here) :]
            least = ring.index(min(ring))
            yield ring[least:] + ring[:least]


SPEC = Analyzer(name="locks", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
