"""Threads wait for a lock; says where the likely holder is, what it does meanwhile, and who waits.

CPython's locks do not record their owner: the likely holder is a thread that stands in a function in which
the lock is acquired and does not wait for it, or one that was seen, standing still, to be in a block of it.
What the holder does there is in the chain, not in the kind. A ring of threads that stand still, each waiting
for a lock that the next one has, is a deadlock. A lock of native code is told by how its threads wait (a
mutex that has waiters), and has no place.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft, Evidence, Severity, Signal, Table
from perfdiag.judge import claim_of, name_of, pid_of, share_limits, time_draft
from perfdiag.judge_peers import chain_of
from perfdiag.model import TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.10, 0.30, 0.7, "short critical sections that meet by chance cost some per cent"),
    Limit(
        name="deadlock_after",
        default=2.0,
        unit=Unit.SECONDS,
        why="threads that wait for each other's locks and have not run for so long do not run again",
    ),
)

_HOPS = 3
_SHOWN = 3  # holders of a lock
_TOLD = 0.05  # of the waited time: below it what a holder does is in the table alone
_AT_ALL = {"share_notice": 0.0, "share_warning": 1e-9, "share_critical": 0.0}  # a deadlock never ends


def _holder(signal: Signal) -> list[str]:
    """Where the holder stands; nothing where only those that wait were seen."""
    if signal.where is None or signal.where == signal.other:
        return []
    return [f"the holder stands at {line}" for line in signal.where.stack[:1]]


def _held(signal: Signal) -> str:
    if signal.where is None:
        return " of native code"
    place = name_of(signal.where)
    if signal.object and signal.object.peer:
        return f" on {signal.object.name} in {place}, held by {signal.object.peer},"
    return f", held in {place}," if _holder(signal) else f" in {place}, whose holder was not seen,"


def _does(held: Signal) -> str:
    """'render (x.py:40), which sleeps in rest (y.py:3)'."""
    inside = ""
    if held.other and held.where and held.other.function != held.where.function:
        inside = f" in {name_of(held.other)}"
    return f"{name_of(held.where)}, which {held.label('does')}{inside}"


def _chain(signals: Signals, lock: str, told: tuple[str, ...] = ()) -> list[str]:
    """Who has the lock, what that one does, and who has what that one waits for."""
    found: list[str] = []
    for held in signals.all("lock.held", lock=lock)[:_SHOWN]:
        if held.estimate.value < _TOLD:
            break
        share = human(held.estimate.value, Unit.RATIO)
        lead = "held" if not told else f"that lock ({lock}) is held"
        found.append(f"{lead} for {share} of the waited time by {_does(held)}")
        further = held.object.name if held.object else ""
        if further in (*told, lock):
            found.append(f"{further} is where this began: the holders wait for each other")
        elif signals.first("lock.held", lock=further) and len(told) + 1 < _HOPS:
            found += _chain(signals, further, (*told, lock))
        else:
            found += chain_of(signals, held.object)
    return list(dict.fromkeys(found))


def _next(signal: Signal) -> str:
    if signal.object and signal.object.peer_pid:
        return f"perfdiag profile -p {signal.object.peer_pid} -d 10  # who has the lock"
    return f"py-spy dump --pid {pid_of(signal)}  # a few times: who is inside the section"


def _tables(signals: Signals, lock: str) -> list[Table]:
    people: list[tuple[str | float, ...]] = [
        ("holds", name_of(held.where), held.label("does"), held.estimate.value)
        for held in signals.all("lock.held", lock=lock)
    ]
    people += [
        ("waits", name_of(one.where), f"threads: {one.estimate.value:g}", "")
        for one in signals.all("lock.waiter", lock=lock)
    ]
    times = signals.all("lock.time", lock=lock)
    rows: list[tuple[str | float, ...]] = []
    for what in ("waits", "holds"):
        of = [one.estimate for one in times if one.label("what") == what]
        if of:
            rows.append((what, float(of[0].n), *(one.value for one in of[:3])))  # of the first of its name
    tick = human(float(times[0].estimate.caveats[0]), Unit.SECONDS) if times else ""
    tables = [
        Table(
            name="who has the lock, and who waits for it",
            columns=("who", "where", "does", "share of waits"),
            rows=tuple(people),
        ),
        Table(
            name=f"how long the lock is waited for and held, known to {tick}",
            columns=("what", "times", "median, s", "95th percentile, s", "longest, s"),
            rows=tuple(rows),
        ),
    ]
    return [table for table in tables if table.rows]


def _deadlocks(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    rings: dict[str, list[Signal]] = {}
    for one in signals.all("lock.deadlock"):
        rings.setdefault(one.label("ring"), []).append(one)
    for ring in rings.values():
        still = min(one.estimate.value for one in ring)
        names = {one.label("lock") for one in ring}
        waits = [one for one in signals.all("time.lock") if one.object and one.object.name in names]
        if still >= limits["deadlock_after"] and waits:
            yield _deadlock(ring, still, waits)


def _deadlock(ring: list[Signal], still: float, waits: list[Signal]) -> Draft:
    first = ring[0]
    alone = len(ring) == 1
    who = (
        "A thread waits for a lock that it has itself"
        if alone
        else f"{len(ring)} threads wait for each other"
    )
    return Draft(
        kind="lock.contention",
        pattern="deadlock",
        subject=first.subject,
        summary=f"{who}: deadlock. In {name_of(first.where)} nothing has moved for"
        f" {human(still, Unit.SECONDS)}, nor will it.",
        estimate=max((one.estimate for one in waits), key=lambda estimate: estimate.value),
        claim=Claim(times=frozenset({TimeClass.LOCK}), objects=frozenset(one.label("lock") for one in ring)),
        severity=Severity.CRITICAL,
        score=100.0,
        where=first.where,
        object=first.object,
        victims=tuple(dict.fromkeys(one.where for one in ring[1:] if one.where)),
        chain=tuple(_link(one) for one in ring),
        evidence=(
            Evidence(
                name="time in which none of them has run",
                value=still,
                unit=Unit.SECONDS,
                source="ticks: schedstat; the lock of each by the address of its futex",
            ),
            Evidence(
                name="threads in the ring", value=len(ring), unit=Unit.COUNT, source="stacks: blocks of locks"
            ),
        ),
        next=f"py-spy dump --pid {pid_of(first)}  # the threads named in the chain do not move",
        thresholds=tuple(_AT_ALL.items()),
    )


def _link(one: Signal) -> str:
    waits = f"{one.label('thread')} waits in {name_of(one.where)} for {one.label('lock')}"
    if one.label("thread") == one.label("holder"):
        return f"{waits}, which it has itself, from further out on its stack"
    return f"{waits}, which {one.label('holder')} has, who waits in {name_of(one.other)}"


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    stuck = list(_deadlocks(signals, limits))
    yield from stuck
    claimed = {name for draft in stuck if draft.claim for name in draft.claim.objects}
    for signal in signals.all("time.lock"):
        lock = signal.object.name if signal.object else ""
        if lock in claimed:
            continue
        share = human(signal.estimate.value, Unit.RATIO)
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="lock.contention",
            claim=claim_of(signal, signals),
            summary=f"Threads wait for a lock{_held(signal)} for {share} of busy time.",
            next_step=_next(signal),
            victims=[signal.other] if signal.other else [],
            chain=_chain(signals, lock) or chain_of(signals, signal.object) or _holder(signal),
            tables=_tables(signals, lock),
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="lock.contention",
    resource="lock",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "locks.seen"),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
