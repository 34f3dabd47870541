"""What grows, and when there is no more room for it.

Shares of an hour: 1 h / time until the room is used up, at most 1; 0 for what does not grow steadily (it
falls back, flattens, or hardly moves). `memory.growth` of the process (what it has of no file, swap included,
against the room that the host and its control groups leave), `memory.left` of the host and of each group with
a limit, whoever uses it (label `cgroup`), `fd.growth` of the descriptors. Labels: `rate` (a second), `left`
(seconds), `bent` (how fast it grows in the second half, of the first), `sure` (how well what was measured
tells growth that lasts, 0 to 1). `fd.used`: the part of the descriptors in use. `where`: the code that
touches new memory, or that opens; `object`: what most of the descriptors are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf, sqrt
from typing import NamedTuple

from perfdiag.attribution.busy import busy_time
from perfdiag.attribution.growing import Met, growing
from perfdiag.attribution.makers import OPENERS, made_in
from perfdiag.attribution.places import culprit
from perfdiag.diagnosis import Signal
from perfdiag.facts import HOST
from perfdiag.model import ON_CPU, Estimate, Labels, Meta, Object, ObjectType, Place, Role, Stack, TimeClass
from perfdiag.plugins import Analyzer, Step
from perfdiag.readings import Readings
from perfdiag.stats.trend import Series, Slope
from perfdiag.units import Unit

_HOUR = 3600.0
_STRAIGHT = 0.5  # the second half grows at least half as fast as the first
_FALLS = 0.3  # of what it rose; a cache or a collector that gives back more is no leak
_AT_WORK = ON_CPU | {TimeClass.FAULT, TimeClass.GIL, TimeClass.RUNQUEUE, TimeClass.THROTTLED}
_OPENING = {TimeClass.CONNECT, TimeClass.DNS, TimeClass.NETWORK, TimeClass.DISK}


class Amount(NamedTuple):
    """What is used of something, the room left for more, and the growth in a look that is worth a word."""

    name: str
    subject: str
    used: float
    room: float
    least: float
    labels: Labels = ()


@dataclass(frozen=True, slots=True)
class Growth:
    """Each amount as it was last, how it got there, and the last step."""

    amounts: Mapping[tuple[str, str, Labels], tuple[Amount, Series]] = field(default_factory=dict)
    step: Step | None = None

    def take(self, step: Step) -> "Growth":
        now, amounts = Readings.of(step.snapshot), dict(self.amounts)
        for amount in (*_memory(now), *_descriptors(now)):
            key = (amount.name, amount.subject, amount.labels)
            _, series = amounts.get(key, (amount, Series()))
            amounts[key] = (amount, series.take(now.at, amount.used))
        return Growth(amounts, step)


def _memory(now: Readings) -> Iterator[Amount]:
    rooms = [inf]
    if (available := now.value("memory.available")) is not None:
        rooms.append(available)
        yield Amount("memory.left", HOST, -available, available, 64 << 20)
    for cgroup in now.labels("cgroup.memory.limit", "cgroup"):
        limit = now.value("cgroup.memory.limit", cgroup=cgroup)
        size = now.value("cgroup.memory.anonymous", cgroup=cgroup)
        if limit and size is not None and limit < (now.value("memory.total") or inf):
            rooms.append(max(0.0, limit - size))
            yield Amount("memory.left", HOST, size, rooms[-1], 4 << 20, (("cgroup", cgroup),))
    for pid in now.labels("process.anonymous", "pid"):
        held = [now.value(f"process.{name}", pid=pid) or 0.0 for name in ("anonymous", "swapped")]
        yield Amount("memory.growth", f"process:{pid}", sum(held), min(rooms), 1 << 20)


def _descriptors(now: Readings) -> Iterator[Amount]:
    for pid in now.labels("process.descriptors.limit", "pid"):
        used = now.value("process.descriptors", pid=pid)
        limit = now.value("process.descriptors.limit", pid=pid)
        if used is not None and limit:
            yield Amount("fd.growth", f"process:{pid}", used, max(0.0, limit - used), 5)


def signals(state: Growth, now: float) -> tuple[Signal, ...]:
    return tuple(_signals(state, now))


def _signals(state: Growth, now: float) -> Iterator[Signal]:
    ended, places = _ended(state.step), dict[bool, Place | None]()
    for amount, series in state.amounts.values():
        if amount.subject in ended:
            continue
        window = (series.points[0][0], now)
        where = _place(amount, state.step, places)
        if amount.name == "fd.growth":
            part = amount.used / max(1.0, amount.used + amount.room)
            used = Estimate(value=part, low=part, high=part, unit=Unit.RATIO, n=1, window=window)
            item = _most(amount.subject, state.step)
            yield Signal(name="fd.used", subject=amount.subject, estimate=used, where=where, object=item)
        try:
            slope = series.slope()
        except LookupError:
            continue  # too short a look: nothing is said of growth
        steady = slope.bent >= _STRAIGHT and slope.fallen <= _FALLS and series.rise >= amount.least
        value, low, high = (
            _share(rate, amount.room) if steady else 0.0 for rate in (slope.value, slope.low, slope.high)
        )
        yield Signal(
            name=amount.name,
            subject=amount.subject,
            estimate=Estimate(value=value, low=low, high=high, unit=Unit.RATIO, n=slope.n, window=window),
            labels=(*amount.labels, *_labels(slope, amount.room)),
            where=where,
            object=_most(amount.subject, state.step) if amount.name == "fd.growth" else None,
        )


def _ended(step: Step | None) -> set[str]:
    """Children that have ended: what they held was given back."""
    return {
        f"process:{one.pid}"
        for one in (step.processes if step else ())
        if one.role is Role.WORKER and one.gone is not None
    }


def _most(subject: str, step: Step | None) -> Object | None:
    """What most descriptors of the process are, where there are many."""
    pid = subject.partition(":")[2]
    found = [
        (sample.value, what)
        for sample in (step.snapshot.samples if step else ())
        if sample.name == "process.descriptors.of"
        and dict(sample.labels).get("pid") == pid
        and (what := dict(sample.labels).get("what", ""))
    ]
    if not found:
        return None
    _, what = max(found)
    return Object(id=-1, type=ObjectType.FILE if "/" in what else ObjectType.OTHER, name=what)


def _share(rate: float, room: float) -> float:
    """1 h / time to exhaustion."""
    return 0.0 if rate <= 0 else min(1.0, _HOUR * rate / room) if room > 0 else 1.0


def _labels(slope: Slope, room: float) -> Labels:
    left = room / slope.value if slope.value > 0 else inf
    return (
        ("rate", f"{slope.value:.6g}"),
        ("left", f"{left:.6g}"),
        ("bent", f"{slope.bent:.3g}"),
        ("sure", f"{_sure(slope):.3g}"),
    )


def _sure(slope: Slope) -> float:
    """Less with a wide interval, few points, growth that slows down, and what fell again."""
    if slope.value <= 0:
        return 0.0
    narrow = sqrt(max(0.0, slope.low / slope.value))
    return narrow * min(1.0, slope.bent) * (1 - slope.fallen) * slope.n / (slope.n + 1)


def _place(amount: Amount, step: Step | None, known: dict[bool, Place | None]) -> Place | None:
    """`known`: where the whole program touches new memory (True), and where it opens (False)."""
    if step is None or not amount.subject.startswith("process:"):
        return None
    memory = amount.name == "memory.growth"
    seen = growing(tuple(_met(amount.subject, "growth.pages" if memory else "growth.descriptors", step)))
    if seen is not None:
        return seen
    if memory not in known:
        found = culprit(_faults(step) if memory else _openings(step))
        known[memory] = found[0] if found else None
    return known[memory]


def _met(subject: str, name: str, step: Step) -> Iterator[Met]:
    """The stacks that looks in quick succession met while the process grew. One that is seen to wait as well
    is about to, or has just been woken."""
    now, pid, waits = Readings.of(step.snapshot), subject.partition(":")[2], _waits(step)
    for labels, sample in now.samples.get(name, {}).items():
        found = dict(labels)
        ids = [int(word) for word in found.get("stacks", "").split() if word.isdecimal() and len(word) < 10]
        ids = [number for number in ids if number < len(step.stacks)]
        at_work = [number for number in ids if number not in waits] if found.get("work") == "1" else []
        if found.get("pid") == pid and ids:
            looks = now.sample("growth.looks", labels)
            stacks = tuple(step.stacks[number] for number in at_work or ids)
            yield Met(stacks, bool(at_work), looks.value if looks else 0.0, max(0.0, sample.value))


def _waits(step: Step) -> set[int]:
    """Stacks at which a thread was seen to wait."""
    return {key.stack for key in step.table.rows if key.time not in _AT_WORK}


def _faults(step: Step) -> Iterable[tuple[Stack, float]]:
    """Where new memory is touched: page faults by stack. What a thread did between two looks at which it
    waited is booked where it waits, so stacks that were seen at work come first."""
    waits = _waits(step)
    found = [(stack, faults) for stack, faults in step.table.faults.items() if stack >= 0]
    seen = [(stack, faults) for stack, faults in found if stack not in waits]
    return ((step.stacks[stack], faults) for stack, faults in seen or found)


def _openings(step: Step) -> Iterable[tuple[Stack, float]]:
    """Time below library code that opens descriptors, or each stack with such code: to open is quick, and was
    perhaps seen but once. Where none was seen the waits that follow it, or else all work."""
    busy = busy_time(step.table, pressed_only=False)
    rows = [(step.stacks[key.stack], key.time, float(row.sum())) for key, row in busy.rows if key.stack >= 0]
    opening = [(stack, seconds) for stack, _, seconds in rows if made_in(stack, OPENERS)]
    opening = opening or [(stack, 1.0) for stack in step.stacks if made_in(stack, OPENERS)]
    waits = [(stack, seconds) for stack, time, seconds in rows if time in _OPENING]
    return opening or waits or [(stack, seconds) for stack, _, seconds in rows]


def start(_meta: Meta) -> Growth:
    return Growth()


def step(state: Growth, one: Step) -> Growth:
    return state.take(one)


SPEC = Analyzer(name="growth", help=__doc__ or "", start=start, step=step, signals=signals)
