"""The target's own TCP sockets: connections that wait to be accepted, and segments that were sent again.

`sockets.seen`, looks at them. With the labels `pid` and `address`, `accept.waiting` (share of the looks in
which connections waited), `accept.depth` (how many, mean) and `accept.limit` (how many may);
`accept.serving{group}`, where one thread alone accepts from a socket on which some wait: the share of busy
time that it waits, itself, while it serves, with `where` the code that does so. With the label `peer`,
`tcp.again`, of the segments sent to it those that were sent again, and `tcp.again.wait`, the share of busy
time that is spent waiting for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from perfdiag.attribution.accepting import acceptors, serving
from perfdiag.attribution.busy import Array, Busy, busy_time
from perfdiag.attribution.places import culprit
from perfdiag.diagnosis import Signal
from perfdiag.facts import Fact, FactFold, Happened, Level, Share
from perfdiag.model import OWN_WAITS, Labels, Meta, Stack, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.readings import Interval
from perfdiag.stats.shares import share
from perfdiag.timetable import TimeKey
from perfdiag.units import Unit

_ANSWERS = {TimeClass.NETWORK, TimeClass.SEND}

Rows = list[tuple[TimeKey, Array]]


@dataclass(frozen=True, slots=True)
class State:
    """The fold of the counters, and the last step."""

    facts: FactFold
    last: Last


def derive(interval: Interval) -> Iterator[Fact]:
    for labels in interval.after.samples.get("sockets.looked", ()):
        yield Happened("sockets.seen", interval.growth("sockets.looked", **dict(labels)), labels)
    for labels in interval.after.samples.get("accept.looks", ()):
        found = dict(labels)
        looks, waited, depth = (
            interval.growth(f"accept.{name}", **found) for name in ("looks", "waited", "depth")
        )
        if not looks:
            continue
        yield Share("accept.waiting", waited, looks, labels)
        yield Level("accept.depth", None if depth is None else depth / looks, Unit.COUNT, labels)
        yield Level("accept.limit", interval.after.value("accept.limit", **found), Unit.COUNT, labels)
    for labels in interval.after.samples.get("tcp.peer.segments", ()):
        found = dict(labels)
        if found["kind"] == "sent":
            again = interval.growth("tcp.peer.segments", **found | {"kind": "retransmitted"})
            sent = interval.growth("tcp.peer.segments", **found)
            told: Labels = (("peer", found["peer"]), ("pid", found["pid"]))
            yield Share("tcp.again", again, sent, told)


def start(meta: Meta) -> State:
    return State(FactFold(derive), Last(meta))


def step(state: State, one: Step) -> State:
    return State(state.facts.take(one.snapshot), state.last.take(one))


def signals(state: State, now: float) -> tuple[Signal, ...]:
    one = state.last.step
    if one is None:
        return ()
    subject = state.last.subject
    facts = [replace(signal, subject=subject) for signal in state.facts.signals()]
    busy = busy_time(one.table, pressed_only=state.last.pressed_only)
    waits = [] if busy.seconds <= 0 else [found for fact in facts if (found := _wait(fact, busy, one, now))]
    return (*facts, *waits)


def _wait(fact: Signal, busy: Busy, one: Step, now: float) -> Signal | None:
    if fact.name == "accept.waiting" and fact.estimate.value > 0:
        return _serving(fact, busy, one, now)
    if fact.name == "tcp.again" and fact.estimate.value > 0:
        peer = fact.label("peer")
        rows = [
            (key, row)
            for key, row in busy.rows
            if key.time in _ANSWERS and key.object >= 0 and one.objects[key.object].name == peer
        ]
        stacks = [(one.stacks[key.stack], row) for key, row in rows if key.stack >= 0]
        found = _signal("tcp.again.wait", fact, rows, stacks, busy, one, now)
        return replace(found, object=one.objects[rows[0][0].object]) if rows else None
    return None


def _serving(fact: Signal, busy: Busy, one: Step, now: float) -> Signal | None:
    who = acceptors(fact.label("pid"), one.table, one.processes, one.stacks, one.objects)
    if who is None or who.threads != 1:
        return None
    rows = [(key, row) for key, row in busy.rows if key.group == who.group and key.time in OWN_WAITS]
    stacks = [(serving(one.stacks[key.stack], who.functions), row) for key, row in rows if key.stack >= 0]
    found = _signal("accept.serving", fact, rows, stacks, busy, one, now)
    return replace(found, labels=(*found.labels, ("group", who.group)))


def _signal(
    name: str, fact: Signal, rows: Rows, stacks: list[tuple[Stack, Array]], busy: Busy, one: Step, now: float
) -> Signal:
    found = culprit((stack, float(row.sum())) for stack, row in stacks)
    estimate = share(busy.part(row for _, row in rows), np.asarray(busy.total))
    return replace(
        fact,
        name=name,
        estimate=replace(estimate, window=(one.table.start, now)),
        where=found[0] if found else None,
    )


SPEC = Analyzer(name="sockets", help=__doc__ or "", start=start, step=step, signals=signals)
