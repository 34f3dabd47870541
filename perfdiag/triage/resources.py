"""What state each resource is in: each row of the USE table, judged by the host's rules on its signals.

A triage speaks of the seconds of its round. What the kernel adds up all the time (CPU time, stalls, time with
an operation in flight) is known exactly for them, however uneven they were; what was seen at the looks alone,
or happens by chance, is judged by its interval.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from perfdiag.advice import sections
from perfdiag.analyzers import target, use
from perfdiag.diagnosis import Draft, Evidence, NotEvaluated, Signal, UseRow
from perfdiag.model import Meta, Snapshot
from perfdiag.plugins import Rule, Signals, Step
from perfdiag.timetable import TimeTable
from perfdiag.triage.records import Resource, State

# Rows by the first word of their name -> the label that tells them apart, the kind that judges them
JUDGES: Mapping[str, tuple[str, str]] = {
    "cpu": ("", "host.runqueue"),
    "memory": ("", "host.memory"),
    "disk": ("device", "host.disk"),
    "network": ("interface", "host.network"),
    "tcp": ("", "host.network"),
    "files": ("", "host.files"),
    "cgroup.cpu": ("cgroup", "host.cgroup"),
    "cgroup.memory": ("cgroup", "host.cgroup"),
}
RUN_QUEUE = "runqueue"
_FULL = 0.8  # of a resource; beyond it waits grow steeply: 1 / (1 - utilization)
_FILLED = frozenset({"cpu", "disk", "network", "cgroup.cpu"})  # those of which a full one is news
_ERRORS = frozenset({"errors", "killed", "drops", "retransmit", "accept-queue"})  # patterns of drafts
# Levels that are the growth of a counter
_COUNTED = frozenset(
    {
        "use.cpu.utilization",
        "use.cpu.saturation",
        "use.memory.saturation",
        "use.disk.utilization",
        "use.disk.saturation",
        "use.io.saturation",
        "use.network.utilization",
        "use.cgroup.cpu.utilization",
        "use.cgroup.memory.saturation",
    }
)
_SEEN = ("measure", "run queue")  # a label of what was seen at the looks instead
_MISSING = {
    "host.cgroup": "no control group with a CPU quota or a memory limit has a process here",
    "host.network": "no TCP segment was sent",
}
_ORDER = (State.ERRORS, State.SATURATED, State.UNSURE, State.BUSY, State.UNKNOWN, State.OK)


def fold(snapshots: Iterable[Snapshot], meta: Meta) -> tuple[Signal, ...]:
    """The signals of the host and of its control groups."""
    signals: list[Signal] = []
    snapshots = list(snapshots)
    for analyzer in (use.SPEC, target.SPEC):
        state = analyzer.start(meta)
        for snapshot in snapshots:
            state = analyzer.step(state, _step(snapshot))
        signals += analyzer.signals(state, snapshots[-1].at if snapshots else 0.0)
    return tuple(signals)


def _step(snapshot: Snapshot) -> Step:
    table = TimeTable(start=snapshot.at)
    return Step(snapshot=snapshot, slices=(), processes=(), threads=(), objects=(), stacks=(), table=table)


def judged(
    signals: Sequence[Signal], rules: Iterable[Rule]
) -> tuple[tuple[Resource, ...], tuple[NotEvaluated, ...]]:
    """Every resource of which anything was measured, the worst first, and the kinds that could not judge."""
    known = Signals(signals)
    wanted = {kind for _, kind in JUDGES.values()}
    by_kind = {rule.kind: rule for rule in rules if rule.kind in wanted}
    missing = {
        kind: NotEvaluated(kind=kind, missing=_MISSING.get(kind, f"no signal {', '.join(absent)}"))
        for kind, rule in by_kind.items()
        if (absent := rule.missing(known))
    }
    rows = [_resource(row, signals, by_kind, missing) for row in use.use_table(known)]
    rows += _run_queue(known, rows)
    rows.sort(key=lambda row: (_ORDER.index(row.state), -(row.severity or 0)))
    return tuple(rows), tuple(missing.values())


def _resource(
    row: UseRow, signals: Sequence[Signal], rules: Mapping[str, Rule], missing: Mapping[str, object]
) -> Resource:
    word, _, name = row.resource.partition(" ")
    label, kind = JUDGES.get(word, ("", ""))
    resource = Resource(
        name=row.resource,
        utilization=row.utilization,
        saturation=row.saturation,
        errors=row.errors,
        note=row.note,
        state=_unjudged(row, word),
    )
    if kind not in rules or kind in missing:
        return resource
    own = [signal for signal in signals if _belongs(signal, word, label, name, kind)]
    draft, state = _judge(rules[kind], own)
    if draft is None:
        return resource
    return replace(
        resource,
        state=state,
        severity=None if state is State.UNSURE else draft.severity,
        kind=kind,
        summary=draft.summary,
        advice=sections(kind)["What to do"],
        evidence=draft.evidence if state is not State.UNSURE else tuple(map(_without_bounds, draft.evidence)),
    )


def _belongs(signal: Signal, word: str, label: str, name: str, kind: str) -> bool:
    """Whether a signal is of this row, or of none that the same rule judges: then it is context."""
    family = signal.name.removeprefix("use.").rpartition(".")[0]
    if family == word:
        return not label or signal.label(label) == name
    return JUDGES.get(family, ("", ""))[1] != kind


def _point(signal: Signal) -> Signal:
    """As if its value were certain."""
    value = signal.estimate.value
    return replace(signal, estimate=replace(signal.estimate, low=value, high=value))


def _without_bounds(item: Evidence) -> Evidence:
    return replace(item, low=None, high=None)


def _judge(rule: Rule, signals: Iterable[Signal]) -> tuple[Draft | None, State]:
    """The worst that a rule says of the signals of one row, and if it says nothing, of their values alone."""
    signals = list(signals)
    exact = (_point(one) if one.name in _COUNTED and _SEEN not in one.labels else one for one in signals)
    draft = _worst(rule, exact)
    if draft is None:
        return _worst(rule, map(_point, signals)), State.UNSURE
    return draft, State.ERRORS if draft.pattern in _ERRORS else State.SATURATED


def _worst(rule: Rule, signals: Iterable[Signal]) -> Draft | None:
    drafts = rule.diagnose(Signals(signals), {limit.name: limit.default for limit in rule.limits})
    return max(drafts, key=lambda draft: (draft.severity, draft.score), default=None)


def _unjudged(row: UseRow, word: str) -> State:
    """The state of a row about which no rule has anything to say."""
    if row.utilization is None and row.saturation is None and row.errors is None:
        return State.UNKNOWN
    full = row.utilization is not None and row.utilization.value >= _FULL
    return State.BUSY if full and word in _FILLED else State.OK


def _run_queue(signals: Signals, rows: Iterable[Resource]) -> list[Resource]:
    """Threads that are ready, for each CPU: what waits for the CPUs, in the state that they are in."""
    ready = signals.first("cpu.runnable")
    cpu = next((row for row in rows if row.name == "cpu"), None)
    if ready is None or cpu is None:
        return []
    return [
        Resource(
            name=RUN_QUEUE,
            utilization=None,
            saturation=ready.estimate,
            errors=None,
            note="ready threads for each CPU",
            state=cpu.state,
        )
    ]
