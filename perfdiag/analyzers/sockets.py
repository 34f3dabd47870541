"""The target's own TCP sockets: connections that wait to be accepted, and segments that were sent again.

`sockets.seen`, looks at them. With the labels `pid` and `address`, `accept.waiting` (share of the looks in
which connections waited), `accept.depth` (how many, mean) and `accept.limit` (how many may);
`accept.serving{group}`, where one thread alone accepts from a socket on which some wait: the share of busy
time that it waits, itself, while it serves, with `where` the code that does so. With the label `peer`,
`tcp.again`, of the segments sent to it those that were sent again, `tcp.held-up`, of the time in which
something was on its way to it that in which it had no room for more, `tcp.held-up.time`, the same of all
time, `tcp.held-up.loop`, this again, of a peer that an asyncio loop without anything else to do (at `where`)
has connected to, and `tcp.again.wait`, the share of busy
time that is spent waiting for it, as far as that may come from what was sent again: not a wait for room to
send that the peer makes, and none that is many times longer than the pauses of so few segments.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from perfdiag.attribution.accepting import acceptors, serving
from perfdiag.attribution.busy import Array, Busy, busy_time
from perfdiag.attribution.places import culprit
from perfdiag.attribution.waits import in_asyncio
from perfdiag.diagnosis import Signal
from perfdiag.facts import Fact, FactFold, Happened, Level, Share
from perfdiag.model import OWN_WAITS, Labels, Meta, Object, ObjectType, Place, Stack, TimeClass
from perfdiag.plugins import Analyzer, Last, Step
from perfdiag.readings import Interval
from perfdiag.stats.shares import share
from perfdiag.timetable import TimeKey
from perfdiag.units import Unit

_ANSWERS = {TimeClass.NETWORK, TimeClass.SEND}
_HELD_UP = 0.5  # of the time that something is on its way; then the peer makes the wait for room to send
_PAUSE = 0.2  # seconds until a segment is sent again (TCP_RTO_MIN), where nothing tells of its loss before
_LITTLE = 0.3  # of the time that it was looked at: a program that has time for more
_NEARLY_ALL = 0.7  # of the same time
_EXPLAINED = 0.3  # of a wait, at least, by such pauses

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
    for labels in interval.after.samples.get("tcp.peer.time", ()):
        found = dict(labels)
        if found["kind"] == "busy":
            held_up = interval.growth("tcp.peer.time", **found | {"kind": "held up"})
            busy = interval.growth("tcp.peer.time", **found)
            told: Labels = (("peer", found["peer"]), ("pid", found["pid"]))
            yield Share("tcp.held-up", held_up, busy, told)
            pace = None if held_up is None else held_up / interval.seconds
            yield Level("tcp.held-up.time", pace, Unit.RATIO, told, most=1.0)
    for labels in interval.after.samples.get("tcp.peer.segments", ()):
        found = dict(labels)
        if found["kind"] == "sent":
            again = interval.growth("tcp.peer.segments", **found | {"kind": "retransmitted"})
            sent = interval.growth("tcp.peer.segments", **found)
            told = (("peer", found["peer"]), ("pid", found["pid"]))
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
    held_up = {
        fact.labels for fact in facts if fact.name == "tcp.held-up" and fact.estimate.value >= _HELD_UP
    }
    waits = [_wait(fact, busy, one, now, held_up) for fact in facts] if busy.seconds > 0 else []
    return (*facts, *(found for found in waits if found is not None), *_of_loop(facts, one))


def _of_loop(facts: list[Signal], one: Step) -> Iterator[Signal]:
    """Peers that hold up what an event loop sends, where the program does next to nothing else. Whom clients
    are slow to hear is their own affair."""
    paces = {fact.labels: fact.estimate.value for fact in facts if fact.name == "tcp.held-up.time"}
    shares = [fact for fact in facts if fact.name == "tcp.held-up" and _is_asked(fact.label("peer"))]
    where = _resting_loop(one) if any(fact.estimate.value >= _HELD_UP for fact in shares) else None
    for fact in shares if where else ():
        peer, share = fact.label("peer"), fact.estimate
        made = Object(id=-1, type=ObjectType.TCP, name=peer)
        item = next((item for item in one.objects if (item.type, item.name) == (made.type, peer)), made)
        # its interval, for those of a second are as uneven as the moments at which the counters were read
        scale = paces.get(fact.labels, 0.0) / max(share.value, 1e-9)
        value, low, high = (min(1.0, scale * part) for part in (share.value, share.low, share.high))
        told = replace(share, value=value, low=low, high=high)
        yield replace(fact, name="tcp.held-up.loop", estimate=told, where=where, object=item)


def _is_asked(peer: str) -> bool:
    return not peer.startswith("client ") and peer != "others"


def _resting_loop(one: Step) -> Place | None:
    """Where the program runs an asyncio loop that has nothing to do, as long as it was looked at, and whose
    tasks were not read; None where it does more, or there is no such loop."""
    wall = one.table.blocks * one.table.block
    busy = busy_time(one.table, pressed_only=False)
    if busy.seconds > _LITTLE * wall or any(thread.loop for thread in one.threads):
        return None
    rests = [
        (one.stacks[key.stack], sum(row.values()))
        for key, row in one.table.rows.items()
        if key.time is TimeClass.IDLE and key.stack >= 0 and in_asyncio(one.stacks[key.stack].frames)
    ]
    found = culprit(rests) if sum(seconds for _, seconds in rests) >= _NEARLY_ALL * wall else None
    return found[0] if found else None


def _wait(fact: Signal, busy: Busy, one: Step, now: float, held_up: set[Labels]) -> Signal | None:
    if fact.name == "accept.waiting" and fact.estimate.value > 0:
        return _serving(fact, busy, one, now)
    if fact.name == "tcp.again" and fact.estimate.value > 0:
        return _again(fact, busy, one, now, fact.labels in held_up)
    return None


def _again(fact: Signal, busy: Busy, one: Step, now: float, held_up: bool) -> Signal | None:
    """Waits for a peer to which segments are sent again; where it is the peer that is slow to take what is
    sent, those for its answers alone."""
    peer, times = fact.label("peer"), _ANSWERS - {TimeClass.SEND} if held_up else _ANSWERS
    rows = [
        (key, row)
        for key, row in busy.rows
        if key.time in times and key.object >= 0 and one.objects[key.object].name == peer
    ]
    again = fact.estimate.value * fact.estimate.n
    waited = sum(float(row.sum()) for _, row in rows)
    if not rows or again * _PAUSE < _EXPLAINED * waited:
        return None
    stacks = [(one.stacks[key.stack], row) for key, row in rows if key.stack >= 0]
    found = _signal("tcp.again.wait", fact, rows, stacks, busy, one, now)
    labels = (*found.labels, ("times", " ".join(sorted(times))))
    return replace(found, labels=labels, object=one.objects[rows[0][0].object])


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
