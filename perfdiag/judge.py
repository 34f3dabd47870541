"""What rules about shares of time have in common: limits, severity by the bound, alternatives with numbers.

A rule judges the bound of the interval, not the point: a share whose lower bound is under the notice limit is
no finding, and one whose value is over it but whose bound is not is told as inconclusive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Against, Claim, Draft, Evidence, Severity, Signal, Table
from perfdiag.model import Object, Place, TimeClass
from perfdiag.plugins import Limit, Signals
from perfdiag.score import score, severity
from perfdiag.units import Unit, human

# The kinds that stand for classes of time, and how a reader calls them; equal shares keep this order.
ALTERNATIVES: tuple[tuple[str, str, tuple[TimeClass, ...]], ...] = (
    ("cpu.hot-code", "computing", (TimeClass.PYTHON, TimeClass.NATIVE)),
    ("cpu.kernel", "computing in the kernel", (TimeClass.KERNEL,)),
    ("memory.faults", "waiting for memory pages", (TimeClass.FAULT,)),
    ("cpu.gil", "waiting for the GIL", (TimeClass.GIL,)),
    ("cpu.gc", "garbage collection", (TimeClass.GC,)),
    ("cpu.throttled", "being stopped by the CPU quota", (TimeClass.THROTTLED,)),
    ("cpu.runqueue", "waiting for a CPU", (TimeClass.RUNQUEUE,)),
    ("net.peer-wait", "waiting for peers", (TimeClass.NETWORK,)),
    ("net.connect", "connecting", (TimeClass.CONNECT,)),
    ("net.dns", "looking up names", (TimeClass.DNS,)),
    ("net.send-wait", "waiting for room to send", (TimeClass.SEND,)),
    ("disk.read", "reading files", (TimeClass.DISK,)),
    ("disk.write", "writing files", (TimeClass.WRITE,)),
    ("disk.fsync", "waiting for fsync", (TimeClass.FSYNC,)),
    ("lock.contention", "waiting for locks", (TimeClass.LOCK,)),
    ("pool.exhausted", "waiting for a turn", (TimeClass.POOL,)),
    ("queue.backlog", "waiting for room in a queue", (TimeClass.QUEUE,)),
    ("child.wait", "waiting for children", (TimeClass.CHILD,)),
    ("sleep", "sleeping", (TimeClass.SLEEP,)),
)

# What a kind is most easily taken for: the number that rejects it is told however small it is
CONFUSED: dict[str, tuple[str, ...]] = {
    "cpu.hot-code": ("cpu.gil", "cpu.runqueue"),
    "cpu.kernel": ("memory.faults", "cpu.hot-code"),
    "cpu.gil": ("cpu.hot-code", "lock.contention"),
    "cpu.gc": ("cpu.hot-code",),
    "cpu.throttled": ("cpu.runqueue",),
    "cpu.runqueue": ("cpu.throttled", "cpu.gil"),
    "net.peer-wait": ("net.connect", "net.dns", "pool.exhausted"),
    "net.connect": ("net.dns", "net.peer-wait"),
    "net.dns": ("net.connect", "net.peer-wait"),
    "net.send-wait": ("net.peer-wait",),
    "disk.read": ("memory.faults", "disk.fsync"),
    "disk.write": ("disk.fsync",),
    "disk.fsync": ("disk.write",),
    "lock.contention": ("cpu.gil", "pool.exhausted", "queue.backlog"),
    "pool.exhausted": ("lock.contention", "queue.backlog", "net.peer-wait"),
    "queue.backlog": ("pool.exhausted", "lock.contention"),
    "sleep": ("child.wait", "net.peer-wait"),
}
_SHOWN = 3  # alternatives in a finding besides


def share_limits(notice: float, warning: float, critical: float, why: str) -> tuple[Limit, ...]:
    """The three limits of a kind that claims a share of busy time."""
    return (
        Limit(name="share_notice", default=notice, unit=Unit.RATIO, why=why),
        Limit(
            name="share_warning",
            default=warning,
            unit=Unit.RATIO,
            why="an ideal fix gives back a third: worth somebody's day",
        ),
        Limit(
            name="share_critical",
            default=critical,
            unit=Unit.RATIO,
            why="nearly all of the time goes here: nothing else is worth looking at first",
        ),
    )


def total(signals: Signals, *times: TimeClass) -> float:
    """The share of busy time of some classes together."""
    return sum(signal.estimate.value for time in times for signal in signals.all(f"time.{time}"))


def against(signals: Signals, own: str, most: float = 1.0) -> tuple[Against, ...]:
    """What it may be taken for and the largest other kinds, with the measured share that rejects each one:
    not more than the kind's own share, `most`. The largest first."""
    shares = [(total(signals, *times), kind, words) for kind, words, times in ALTERNATIVES if kind != own]
    smaller = [share for share in shares if share[0] <= most]
    likely = [share for share in smaller if share[1] in CONFUSED.get(own, ())]
    others = sorted((share for share in smaller if share not in likely), key=lambda share: -share[0])
    largest = sorted([*likely, *others[:_SHOWN]], key=lambda share: -share[0])
    return tuple(
        Against(kind=kind, because=f"{words} takes {human(value, Unit.RATIO)} of the busy time")
        for value, kind, words in largest
    )


def name_of(place: Place | None) -> str:
    """A place for a sentence."""
    if place is None:
        return "code that could not be seen"
    file = place.file.rpartition("/")[2]
    if not place.line:  # of a program that is not interpreted
        return file if file == place.function else f"{place.function} ({file})"
    return f"{place.function} ({file}:{place.line})"


def object_name(item: Object | None, nothing: str) -> str:
    if item is None:
        return nothing
    return f"{item.service} at {item.name}" if item.service else item.name


def claim_of(signal: Signal, signals: Signals) -> Claim:
    """The time of a class that has one signal per object: that on the object, or, of the signal without one,
    that on all objects that have no signal of their own."""
    times = frozenset({TimeClass(signal.name.removeprefix("time."))})
    if name := _told_as(signal):
        return Claim(times=times, objects=frozenset({name}))
    named = (_told_as(other) for other in signals.all(signal.name))
    return Claim(times=times, others=frozenset(name for name in named if name))


def _told_as(signal: Signal) -> str:
    """The name by which its time is claimed: of several files that are told as one, theirs together."""
    return signal.label("told_as") or (signal.object.name if signal.object else "")


def joined(signal: Signal, others: Iterable[Signal]) -> Signal:
    """A signal with the shares of others added to its own: the interval is as wide as all of theirs."""
    parts = [signal.estimate, *(other.estimate for other in others)]
    value, low, high = (
        min(1.0, sum(getattr(part, name) for part in parts)) for name in ("value", "low", "high")
    )
    return replace(signal, estimate=replace(signal.estimate, value=value, low=low, high=high))


def in_function_of(signal: Signal, others: Iterable[Signal]) -> list[Signal]:
    """Those of the others whose time is spent in the same function."""
    where = signal.where
    return [
        other
        for other in others
        if where and other.where and (other.where.file, other.where.function) == (where.file, where.function)
    ]


def time_draft(
    signal: Signal,
    signals: Signals,
    limits: Mapping[str, float],
    *,
    kind: str,
    claim: Claim,
    summary: str,
    next_step: str,
    model: str = "time",
    victims: Iterable[Place] = (),
    chain: Iterable[str] = (),
    evidence: Iterable[Evidence] = (),
    tables: Iterable[Table] = (),
) -> Draft | None:
    """A draft for a share of busy time; None when even its value is under the notice limit."""
    share = signal.estimate
    notice, warning = limits["share_notice"], limits["share_warning"]
    if share.value < notice:
        return None
    return Draft(
        kind=kind,
        subject=signal.subject,
        summary=summary,
        estimate=share,
        claim=claim,
        severity=severity(share.low, notice, warning, limits["share_critical"]) or Severity.INFO,
        score=score(share.low, notice, warning),
        model=model,
        where=signal.where,
        object=signal.object,
        victims=tuple(victims),
        chain=tuple(chain),
        evidence=(_share(signal), *evidence, *_common(signals)),
        tables=tuple(tables),
        against=against(signals, kind, share.value),
        next=next_step,
        thresholds=tuple(limits.items()),
    )


def _share(signal: Signal) -> Evidence:
    """The share that was judged, with its interval."""
    return Evidence(
        name=f"share of busy time, {signal.name.removeprefix('time.')}",
        value=signal.estimate.value,
        low=signal.estimate.low,
        high=signal.estimate.high,
        unit=Unit.RATIO,
        source="ticks: schedstat, system call, stack",
    )


def _common(signals: Signals) -> tuple[Evidence, ...]:
    """How many threads were at work: the context of every share."""
    busy = signals.first("time.busy")
    if busy is None:
        return ()
    return (
        Evidence(
            name="threads at work, mean",
            value=busy.estimate.value,
            unit=Unit.COUNT,
            source="ticks: threads that are not idle",
        ),
    )


def pid_of(signal: Signal) -> str:
    """Of the process that a command is to be tried on; of several, the first. 'PID' where that is no number:
    nothing else that a recording holds may get into a command."""
    pid = signal.subject.partition(":")[2].partition(",")[0]
    return pid if pid.isascii() and pid.isdigit() else "PID"
