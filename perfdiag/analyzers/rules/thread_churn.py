"""Threads or processes are made and thrown away: starting and ending them takes the time, not what they do.

Judged by the share of busy time below library code that starts them, and of short-lived threads that were
never seen in code of the program: they wait for the GIL or a CPU to begin, or to end. And by that of waits
for children which run the program itself, where many end each second: a child that lives for milliseconds
spends them on being made.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.15, 0.35, 0.7, "a thread for each request that takes its time costs some per cent"),
    Limit(
        name="births",
        default=50.0,
        unit=Unit.PER_SECOND,
        why="fewer cost next to nothing: a tenth of a millisecond each",
    ),
    Limit(
        name="life",
        default=0.01,
        unit=Unit.SECONDS,
        why="a child that is waited for longer has work of its own: forking and ending takes milliseconds",
    ),
)
_TIMES = frozenset(TimeClass) - {TimeClass.IDLE, TimeClass.CHILD}
# of a function that forks and waits
_FORKING = frozenset({TimeClass.CHILD, TimeClass.KERNEL, TimeClass.FAULT, TimeClass.RUNQUEUE})
_COUNTED = 0.5  # of the children that ended, those that the host must have started; it is counted elsewhere


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    yield from _starting(signals, limits)
    yield from _ending(signals, limits)


def _starting(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    births = _births(signals)
    if births is not None and births.estimate.value < limits["births"]:
        return
    for signal in signals.all("churn.share"):
        share = human(signal.estimate.value, Unit.RATIO)
        made = f"threads, {human(births.estimate.value, Unit.PER_SECOND)}," if births else "processes"
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="thread.churn",
            claim=Claim(
                times=_TIMES,
                functions=frozenset(signal.label("functions").split("\n")),
                or_groups=frozenset(signal.label("groups").split("\n")),
            ),
            summary=f"Starting and ending short-lived {made} takes {share} of the busy time;"
            f" {name_of(signal.where)} makes them.",
            next_step=f"perf trace -s -p {pid_of(signal)} -e clone,clone3,exit -- sleep 5  # how many",
            evidence=[evidence("threads born", births, "/proc/PID/task, or /proc/stat")] if births else [],
        )
        if draft:
            yield draft


def _ending(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    """Of children that are waited for, and live for milliseconds."""
    started = signals.first("processes.births")
    if started is None or not any(one.estimate.value > 0 for one in signals.all("process.children.cpu")):
        return  # no child has ended: what is waited for is an answer of one
    for signal in signals.all("churn.children"):
        ended, life = float(signal.label("ended")), float(signal.label("life"))
        if ended < limits["births"] or life > limits["life"] or started.estimate.value < _COUNTED * ended:
            continue
        known = signal.label("function")
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="thread.churn",
            claim=Claim(
                times=_FORKING if known else frozenset({TimeClass.CHILD}),
                functions=frozenset({known} if known else ()),
                objects=frozenset({signal.object.name} if signal.object else ()),
                group=signal.label("group"),
            ),
            summary=f"Starting and ending processes that live for {human(life, Unit.SECONDS)} takes"
            f" {human(signal.estimate.value, Unit.RATIO)} of the busy time; {name_of(signal.where)} forks and"
            f" waits for {human(ended, Unit.PER_SECOND)} of them.",
            next_step=f"perf trace -s -p {pid_of(signal)} -e clone,clone3,wait4 -- sleep 5  # how many",
            evidence=[evidence("processes and threads born on the host", started, "/proc/stat")],
        )
        if draft:
            yield draft


def _births(signals: Signals) -> Signal | None:
    """Threads born a second: those that were seen, or, as most may have been too short-lived for that, those
    of the whole host. None where it is processes that are started, of which few are many."""
    seen = signals.first("churn.births")
    if seen is None:
        return None
    return max((seen, *signals.all("processes.births")), key=lambda one: one.estimate.value)


SPEC = Rule(
    kind="thread.churn",
    resource="cpu",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "churn.share or churn.children"),
    limits=LIMITS,
    explains=(
        "cpu.gil",
        "cpu.hot-code",
        "cpu.kernel",
        "cpu.runqueue",
        "cpu.gc",
        "memory.faults",
        "child.wait",
    ),
    diagnose=diagnose,
)
