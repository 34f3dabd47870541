"""Recording -> Report: folds the recording, asks the rules, settles who claims which time.

Everything here is a pure function of the recording and the options, so `profile`, `record` then `report`, and
the daemon say the same of the same samples. A plug-in that fails becomes a fault of the report: this is the
one place with a broad `except`.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

import perfdiag.analyzers
import perfdiag.analyzers.rules
from perfdiag import undecided
from perfdiag.advice import advice_for
from perfdiag.analyzers.training import training_table
from perfdiag.analyzers.use import use_table
from perfdiag.attribution.accepting import engage, pressing_queues
from perfdiag.attribution.busy import Busy, busy_time
from perfdiag.attribution.fold import Attribution
from perfdiag.attribution.functions import function_rows
from perfdiag.attribution.peers import Peers
from perfdiag.contrast import contrast
from perfdiag.diagnosis import Draft, NotEvaluated, Report, Signal
from perfdiag.errors import FaultKind
from perfdiag.ledger import Context, settle
from perfdiag.model import STOPPED, Fault, Meta, Role
from perfdiag.open_question import followed_up
from perfdiag.options import Options, check, gate_limits, limits_of
from perfdiag.plugins import Analyzer, Rule, Signals, Step, discover
from perfdiag.recording import Recording
from perfdiag.summary import breakdown_rows, brief, group_rows, unseen_children, weighted
from perfdiag.tailoring import tailored
from perfdiag.ticks import RowFlag
from perfdiag.timetable import TimeTable

_OF_THE_HOST = "host."  # kinds that speak of the whole host: no cause in the report of one process
_KEPT_UP = 0.9  # of the planned ticks: below it the report warns
_UNSEEN = {
    "stacks.seen": "no stacks of an interpreter were read",
    "sockets.seen": "the sockets of the target could not be looked at",
    "interpreter.seen": "the state of an interpreter was not read",
    "locks.seen": "waits for locks could not be told from others",
    "cpu.unreachable": "which CPUs its threads may use was not read",
    **dict.fromkeys(
        ("gpu.busy", "gpu.idle", "gpu.sync"), "no NVIDIA GPU that the target computes on was found"
    ),
    "memory.growth": "a longer look: growth is told from six readings a second apart",
    "memory.left": "a longer look: growth is told from six readings a second apart",
    "fd.growth": "a longer look: growth is told from six readings a second apart, and a limit",
}

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


def analyzers() -> tuple[Analyzer, ...]:
    return discover(perfdiag.analyzers, Analyzer)


def rules() -> tuple[Rule, ...]:
    return discover(perfdiag.analyzers.rules, Rule)


class _Guard:
    """Runs plug-ins; what one of them raises becomes a fault."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def run(
        self,
        name: str,
        otherwise: Result,
        call: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """`call(*args)`, or `otherwise` when it raises."""
        try:
            return call(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - one bad plug-in must not cost the report
            detail = f"{type(error).__name__}: {error}"
            self.faults.append(Fault(source=name, kind=FaultKind.BROKEN, detail=detail))
            return otherwise


def fold(
    recording: Recording, meta: Meta, guard: _Guard, pressure: Mapping[str, float], peers: Peers
) -> tuple[TimeTable, Signals]:
    """Attribute all ticks and feed every analyzer, snapshot by snapshot; `pressure`: its limits."""
    attribution = Attribution(recording, episode=pressure["episode"])
    table = TimeTable(start=recording.window[0], limits=pressure)
    states: dict[str, Any] = {}
    found = analyzers()
    for one in found:
        guard.run(one.name, None, _start, states, one, meta)
    found = tuple(one for one in found if one.name in states)
    end = table.start
    for snapshot, start, stop in recording.tick_spans():
        end = recording.ticks.ticks["at_ns"][stop - 1] / 1e9 if stop > start else snapshot.at
        slices, groups = attribution.step(start, stop, end)
        peers.step(start, stop, snapshot)
        for part in slices:
            table.add(part, groups[part.process, part.tid])
        step = Step(
            snapshot=snapshot,
            slices=slices,
            processes=recording.processes,
            threads=recording.threads,
            objects=recording.objects,
            stacks=recording.stacks,
            table=table,
            peers=peers.seen,
        )
        for one in found:
            state = states[one.name]
            states[one.name] = guard.run(one.name, state, one.step, state, step)
    table.episodes, table.locks = attribution.loops.episodes(end), attribution.locks.uses()
    table.wakes = attribution.herds.wakes()
    table.unaccepted = pressing_queues(recording, table)
    engage(table, recording.stacks, recording.objects)
    now = recording.window[1]
    signals: list[Signal] = []
    for one in found:
        signals += guard.run(one.name, (), one.signals, states[one.name], now)
    return table, Signals(signals)


def _start(states: dict[str, Any], one: Analyzer, meta: Meta) -> None:
    states[one.name] = one.start(meta)


def diagnose(recording: Recording, options: Options) -> Report:
    """The report of a recording. UsageError for options that name what does not exist."""
    known = rules()
    check(options, known)
    meta = recording.meta
    if options.everything:
        meta = replace(meta, options=(*meta.options, ("any", "1")))
    guard, peers, recording = _Guard(), Peers(recording), recording.of_the_target()
    table, signals = fold(recording, meta, guard, gate_limits(options), peers)
    busy, everything = (busy_time(table, pressed_only=one) for one in (not options.everything, False))
    drafts, missing = _ask(known, signals, options, guard, targeted=bool(recording.processes))
    if _stands_still(recording):
        drafts = []  # what its threads wait for is not what holds it up
    health = min(1.0, meta.cost.made / meta.cost.planned) if meta.cost.planned else 0.0
    context = _context(recording, meta, busy, known, signals, health)
    drafts = guard.run("patterns", drafts, tailored, drafts, recording, table, signals, context)
    short = frozenset(one.kind for one in missing if one.missing == undecided.SHORT)
    findings = settle(drafts, replace(context, unjudged=short))
    ranked = undecided.enough(meta)
    findings = findings if ranked else undecided.unranked(findings)
    verdict = undecided.verdict(findings) if ranked else "inconclusive"
    report = Report(
        meta=_told(meta, health),
        window=recording.window,
        verdict=verdict,
        brief=(),
        findings=findings,
        needs=undecided.needed(findings, meta) if verdict == "inconclusive" else 0.0,
        groups=group_rows(table),
        breakdown=breakdown_rows(table, recording, everything),
        functions=function_rows(everything, recording.stacks),
        use=guard.run("use", (), use_table, signals),
        not_evaluated=(*missing, *undecided.unread_tasks(recording, findings)),
        faults=_faults(recording, guard),
        profile=weighted(table, recording),
        followed_up=followed_up(recording),
        contrast=contrast(recording, meta, table, everything),
        training=guard.run("training", (), training_table, signals),
    )
    return replace(report, brief=brief(report, unseen_children(recording, signals)))


def _stands_still(recording: Recording) -> bool:
    """Whether the process was stopped when it was attached to, and no thread has run since."""
    rows = recording.ticks.rows
    ran = any(
        tick and not flags & RowFlag.GONE for tick, flags in zip(rows["tick"], rows["flags"], strict=True)
    )
    return STOPPED in recording.meta.blind and not ran


def _ask(
    known: Iterable[Rule], signals: Signals, options: Options, guard: _Guard, *, targeted: bool
) -> tuple[list[Draft], list[NotEvaluated]]:
    drafts: list[Draft] = []
    missing: list[NotEvaluated] = []
    for rule in known:
        if rule.kind in options.skip or (options.only and rule.kind not in options.only):
            continue
        if targeted and rule.kind.startswith(_OF_THE_HOST):
            if rule.kind in options.only:
                missing.append(NotEvaluated(kind=rule.kind, missing="a look at the host, not at a process"))
            continue
        absent = rule.missing(signals)
        if absent:
            why = [_UNSEEN.get(name, f"no signal {name}") for name in absent]
            missing.append(NotEvaluated(kind=rule.kind, missing=", ".join(why)))
            continue
        limits = limits_of(rule, options)
        found = guard.run(rule.kind, [], _drafts, rule, signals, limits)
        drafts += found
        if not found and undecided.too_short(rule, signals):
            missing.append(NotEvaluated(kind=rule.kind, missing=undecided.SHORT))
    return drafts, missing


def _drafts(rule: Rule, signals: Signals, limits: dict[str, float]) -> list[Draft]:
    return list(rule.diagnose(signals, limits))


def _context(
    recording: Recording, meta: Meta, busy: Busy, known: Iterable[Rule], signals: Signals, health: float
) -> Context:
    cpus = float(min(meta.cpus, max((one.cpus for one in recording.processes), default=meta.cpus)))
    names = {f"process:{one.pid}": one.comm for one in recording.processes}
    chosen = dict.fromkeys(one.comm for one in recording.processes if one.role is not Role.WORKER)
    return Context(
        busy=busy,
        stacks=recording.stacks,
        objects=recording.objects,
        rules={rule.kind: rule for rule in known},
        texts={rule.kind: advice_for(rule.kind) for rule in known},
        cpus=min(cpus, signals.value("cpu.quota", cpus)),
        health=health,
        window=recording.window,
        measured=meta.engine,
        seed=zlib.crc32(meta.run_id.encode(errors="backslashreplace")),
        names=names | {meta.subject: ", ".join(chosen)},
        whole=meta.subject,
        processes=max(1, len(recording.processes)),
    )


def _told(meta: Meta, health: float) -> Meta:
    if not meta.cost.planned or health >= _KEPT_UP:
        return meta
    words = (
        f"only {meta.cost.made} of {meta.cost.planned} planned ticks were made; short waits are less certain"
    )
    return replace(meta, blind=(*meta.blind, words))


def _faults(recording: Recording, guard: _Guard) -> tuple[Fault, ...]:
    """Faults of the snapshots, each once, and those of the plug-ins."""
    found = [fault for snapshot in recording.snapshots for fault in snapshot.faults]
    return tuple(dict.fromkeys([*found, *guard.faults]))
