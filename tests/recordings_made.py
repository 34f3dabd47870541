"""Recordings made from a script: what each thread does, and for how many ticks; the counters follow from it.

The rows are those that the sampler writes: at each tick one for every thread whose schedstat has moved, with
CPU time as it goes by, the time in the run queue credited when the thread gets its CPU, and one slice for
each time that it did. So what goes in is known to the nanosecond, and what comes out can be held against it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from perfdiag.attribution.fold import Attribution
from perfdiag.model import (
    Cost,
    Frame,
    Meta,
    Object,
    ObjectType,
    Process,
    Sample,
    Slice,
    Snapshot,
    Stack,
    Thread,
    TimeClass,
)
from perfdiag.origins import Origins
from perfdiag.recording import Recording
from perfdiag.sampler.syscalls import CALLS
from perfdiag.ticks import RUNNING, UNREADABLE, GilFlag, RowFlag, TickFlag

TICK_NS = 10_000_000
TICK = TICK_NS / 1e9
START_NS = 5_000_000_000_000
PID = 42
NUMBERS = {call.name: number for number, call in CALLS.items()}

META = Meta(
    run_id="made", version="0.1.0", started=1_790_000_000.0, hostname="db-7", kernel="6.1.0", cpus=4,
    target="shop (pid 42)", duration=0.0, rate=100.0, engine="non-stop reader",
)  # fmt: skip
STDLIB = "/usr/lib/python3.11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a thread does for `ns`: it runs (no call), waits in a call, or is ready for a CPU (`queued`)."""

    ns: int
    stack: int
    call: int = RUNNING
    object: int = -1
    queued: bool = False
    throttled: bool = False
    gil: bool = False
    collecting: bool = False
    system: bool = False

    @property
    def runs(self) -> bool:
        return self.call == RUNNING and not self.queued


def run(
    ticks: float, stack: int = -1, *, gil: bool = True, collecting: bool = False, system: bool = False
) -> Act:
    """On a CPU, by default with the GIL."""
    return Act(ns=round(ticks * TICK_NS), stack=stack, gil=gil, collecting=collecting, system=system)


def wait(ticks: float, call: str, stack: int = -1, item: int = -1) -> Act:
    return Act(ns=round(ticks * TICK_NS), stack=stack, call=NUMBERS[call], object=item)


def queue(ticks: float, stack: int = -1, *, throttled: bool = False, gil: bool = False) -> Act:
    """Ready, without a CPU."""
    return Act(ns=round(ticks * TICK_NS), stack=stack, queued=True, throttled=throttled, gil=gil)


@dataclass(slots=True)
class _Actor:
    """A thread with its acts, and its counters at the time it was brought to."""

    tid: int
    acts: Sequence[Act]
    starts: list[int]
    end: int
    torn: frozenset[int]
    written: tuple[int, ...] = ()
    gone: bool = False

    def act(self, at: int) -> Act:
        number = max(n for n, start in enumerate(self.starts) if start <= at)
        return self.acts[number]

    def counters(self, at: int, lag: int) -> tuple[int, int, int, int, int]:
        """(cpu, delay, slices, utime, stime). While it runs, `cpu` lags behind by up to `lag` ns."""
        user = system = delay = slices = 0
        before: Act | None = None
        for act, start in zip(self.acts, self.starts, strict=True):
            if start > at:
                break
            gone_by = min(at - start, act.ns)
            if act.runs:
                if lag and start + act.ns > at:
                    gone_by = max(0, gone_by - (user + system + gone_by) % lag)
                user, system = (user, system + gone_by) if act.system else (user + gone_by, system)
            elif act.queued and start + act.ns <= at:
                delay += act.ns
            slices += not act.queued and not (before and before.runs)
            before = act
        return user + system, delay, slices, user // TICK_NS, system // TICK_NS


@dataclass(slots=True)
class Script:
    """Collects objects, stacks and threads; `recording()` plays them. `lag`: of the CPU counters, in ns."""

    lag: int = 0
    gil: bool = True  # whether the interpreter could be read
    objects: list[Object] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    actors: list[_Actor] = field(default_factory=list)
    first_lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def item(self, kind: ObjectType, name: str, service: str = "", *, served: bool = False) -> int:
        """The id of a new object."""
        number = len(self.objects)
        self.objects.append(Object(id=number, type=kind, name=name, service=service, served=served))
        return number

    def stack(self, *lines: str) -> int:
        """Frames from the leaf to the root, each 'file:line function'."""
        frames = tuple(self._frame(line) for line in lines)
        self.stacks.append(Stack(id=len(self.stacks), frames=frames))
        return len(self.stacks) - 1

    def _frame(self, text: str) -> Frame:
        place, _, function = text.partition(" ")
        file, _, line = place.rpartition(":")
        first = self.first_lines.setdefault((file, function), int(line))
        origin = Origins().of(file)
        return Frame(file=file, function=function, line=int(line), first_line=first, origin=origin)

    def thread(
        self,
        tid: int,
        *acts: Act,
        born: int = 0,
        main: bool = False,
        name: str = "",
        torn: Iterable[int] = (),
    ) -> None:
        """A thread that is first seen at the tick `born`. It is gone when its acts end before all others'.
        `torn`: ticks at which its stack cannot be read."""
        at = START_NS + born * TICK_NS
        starts = []
        for act in acts:
            starts.append(at)
            at += act.ns
        self.threads.append(Thread(process=0, tid=tid, name=name or f"thread-{tid}", main=main))
        self.actors.append(_Actor(tid, acts, starts, at, frozenset(torn)))

    def recording(self, *, cpus: int = 4, samples: Sequence[Sample] = (), **meta: Any) -> Recording:
        """One snapshot a second; `samples` are in all of them."""
        end = max(actor.end for actor in self.actors)
        count = (end - START_NS) // TICK_NS + 1
        cost = Cost(sampler_cpu=0.1, parent_cpu=0.1, planned=count, made=count, stacks=0, torn=0, retried=0)
        told = replace(META, cpus=cpus, duration=count * TICK, cost=cost)
        recording = Recording(meta=replace(told, **meta), objects=self.objects, stacks=self.stacks)
        recording.threads = self.threads
        recording.processes = [
            Process(key="42@7", pid=PID, ppid=1, started=7, comm="shop", exe="python", uid=1000, cpus=cpus)
        ]
        for tick in range(count):
            self._tick(recording, tick, end)
        for tick in [*range(100, count - 1, 100), count - 1]:
            at = (START_NS + tick * TICK_NS) / 1e9
            recording.snapshots.append(Snapshot(at=at, wall=1_790_000_000.0 + at, samples=tuple(samples)))
        return recording

    def _tick(self, recording: Recording, tick: int, end: int) -> None:
        at = START_NS + tick * TICK_NS
        stops = (
            start + act.ns
            for actor in self.actors
            for act, start in zip(actor.acts, actor.starts, strict=True)
            if act.throttled
        )
        released = any(at - TICK_NS < stop <= at for stop in stops)
        recording.ticks.ticks.append(at, TickFlag.THROTTLED if released else 0)
        alive = [a for a in self.actors if not a.gone and a.starts[0] <= at]
        for actor in alive:
            if at >= actor.end and actor.end < end:
                actor.gone = True
                row = (tick, 0, actor.tid, 0, 0, 0, 0, 0, 0, UNREADABLE, -1, -1, RowFlag.GONE)
                recording.ticks.rows.append(*row)
            else:
                self._row(recording, tick, at, actor)
        if self.gil:
            self._gil(recording, tick, [(a.tid, a.act(at)) for a in alive if not a.gone])

    def _row(self, recording: Recording, tick: int, at: int, actor: _Actor) -> None:
        cpu, delay, slices, utime, stime = actor.counters(at, self.lag)
        if (cpu, delay, slices) == actor.written:
            return
        actor.written = (cpu, delay, slices)
        act = actor.act(at)
        stack, flags = act.stack, RowFlag.NO_STACK if act.stack < 0 else RowFlag(0)
        if tick in actor.torn:
            stack, flags = -1, RowFlag.TORN
        counters = (cpu, delay, slices, utime, stime, 0)
        recording.ticks.rows.append(tick, 0, actor.tid, *counters, act.call, act.object, stack, flags)

    def _gil(self, recording: Recording, tick: int, acts: Sequence[tuple[int, Act]]) -> None:
        gil = recording.ticks.gil
        previous = gil["holder"][-1] if len(gil) else 0
        holder, flags = previous, 0
        for tid, act in acts:
            if act.gil:
                holder = tid
                flags = GilFlag.LOCKED | (GilFlag.COLLECTING if act.collecting else 0)
        if not len(gil) or (holder, flags) != (previous, gil["flags"][-1]):
            gil.append(tick, 0, holder, flags)


def slices_of(recording: Recording, cuts: Iterable[int] = ()) -> list[Slice]:
    """All slices, folded at once or in pieces that end before the ticks `cuts`."""
    attribution = Attribution(recording)
    at = recording.ticks.ticks["at_ns"]
    found: list[Slice] = []
    start = 0
    for stop in [*sorted(set(cuts) - {0, len(at)}), len(at)]:
        slices, _ = attribution.step(start, stop, at[stop - 1] / 1e9)
        found += slices
        start = stop
    return found


def seconds_of(recording: Recording, tid: int, cuts: Iterable[int] = ()) -> dict[TimeClass, float]:
    """Seconds of a thread by class, to the microsecond."""
    totals: dict[TimeClass, float] = {}
    for part in slices_of(recording, cuts):
        if part.tid == tid:
            totals[part.time] = totals.get(part.time, 0.0) + part.weight
    return {time: round(value, 6) for time, value in totals.items() if value > 1e-6}


class Shop(Script):
    """A script with the objects and stacks of a small service."""

    def __init__(self, *, lag: int = 0, gil: bool = True) -> None:
        super().__init__(lag=lag, gil=gil)
        self.database = self.item(ObjectType.TCP, "10.0.0.7:5432", "postgresql")
        self.client = self.item(ObjectType.TCP, "10.0.0.9:40112", served=True)
        self.listener = self.item(ObjectType.TCP, "listen 0.0.0.0:80", served=True)
        self.lock = self.item(ObjectType.FUTEX, "futex 0x10")
        self.gil_futex = self.item(ObjectType.GIL, "GIL")
        self.journal = self.item(ObjectType.FILE, "/var/lib/shop/journal")
        self.child = self.item(ObjectType.CHILD, "git (pid 99)")
        root = ("views.py:4 serve", f"{STDLIB}/threading.py:982 Thread.run")
        self.load = self.stack("orders.py:88 load", *root)
        self.price = self.stack("orders.py:40 price", *root)
        self.append = self.stack("journal.py:12 append", *root)
        self.reserve = self.stack("stock.py:20 reserve", *root)  # acquires the lock
        self.reserved = self.stack("stock.py:23 reserve", *root)  # holds it
        self.back_off = self.stack("retry.py:7 back_off", "orders.py:80 load", *root)
        self.timer = self.stack("metrics.py:5 report")
