"""One core is full while others idle: threads are ready, and may only use CPUs that are taken.

An affinity (sched_setaffinity, taskset, a cpuset) keeps them there: more CPUs would help, and are there.
Where others want those too, it is the same as long as it is the program itself that fills its own.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import name_of, pid_of, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(
        0.15, 0.35, 0.7, "on a busy but healthy host a thread waits some per cent of its time for its turn"
    ),
    Limit(
        name="idle",
        default=0.2,
        unit=Unit.RATIO,
        why="less than a fifth of the other CPUs is soon used up by those who are there",
    ),
    Limit(
        name="own",
        default=0.8,
        unit=Unit.RATIO,
        why="who uses four fifths of the CPUs that it may use queues behind itself, not behind others",
    ),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal, others = signals.first("time.runqueue"), signals.largest("cpu.unreachable")
    used = signals.all("cpu.confined", cpus=others.label("cpus")) if others else []
    own = min(1.0, sum(one.estimate.value for one in used))  # of all processes with the same CPUs
    if signal is None or others is None or (others.estimate.value < limits["idle"] and own < limits["own"]):
        return
    share = human(signal.estimate.value, Unit.RATIO)
    idle = human(others.estimate.value, Unit.RATIO)
    of_its_own = f", and uses {human(own, Unit.RATIO)} of it" if own >= limits["own"] else ""
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="cpu.single-core",
        claim=Claim(times=frozenset({TimeClass.RUNQUEUE})),
        summary=f"Threads wait for {_cpus(others)} in {name_of(signal.where)} for {share} of their busy time:"
        f" the program may use no other{of_its_own}, while the others idle for {idle} of their time.",
        next_step=f"taskset -a -p {pid_of(signal)}  # which CPUs each thread may use, and who said so",
        model="capacity",
        evidence=[
            evidence("idle time of the CPUs that it may not use", others, "/proc/stat, Cpus_allowed_list"),
            *(evidence("use of those that it may", one, "/proc/PID/stat") for one in used),
        ],
    )
    if draft:
        yield draft


def _cpus(others: Signal) -> str:
    """'CPU 0', 'the CPUs 0-1'."""
    cpus = others.label("cpus")
    return f"CPU {cpus}" if cpus.isdigit() else f"the CPUs {cpus}" if cpus else "their CPUs"


SPEC = Rule(
    kind="cpu.single-core",
    resource="cpu",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "cpu.unreachable"),
    limits=LIMITS,
    explains=("cpu.runqueue",),
    diagnose=diagnose,
)
