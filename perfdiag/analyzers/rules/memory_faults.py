"""Page faults take the time: memory is touched for the first time, or a mapped file is read.

System time up to the price of a page fault on this machine times their number, and time blocked outside of a
system call. Other system time in the same function is that of taking and giving back the memory.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import in_function_of, joined, name_of, pid_of, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.15, 0.35, 0.7, "a program that makes new objects spends some per cent on new pages"),
    Limit(
        name="major",
        default=10.0,
        unit=Unit.PER_SECOND,
        why="with fewer that read a disk it is new memory, not a mapped file, that takes the time",
    ),
    Limit(
        name="faults",
        default=50.0,
        unit=Unit.PER_SECOND,
        why="fewer cannot take the time: the process was stopped from outside",
    ),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for fault in signals.all("time.fault"):
        counted = signals.all("process.faults")
        if counted and sum(one.estimate.value for one in counted) < limits["faults"]:
            continue
        same = [one for one in in_function_of(fault, signals.all("time.kernel")) if _smaller(one, fault)]
        signal = joined(fault, same)
        major = any(one.label("kind") == "major" and one.estimate.value >= limits["major"] for one in counted)
        doing = "reads of mapped files" if major else "memory that is touched for the first time"
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="memory.faults",
            claim=Claim(times=frozenset({TimeClass.FAULT, *(TimeClass.KERNEL for _ in same)})),
            summary=f"Page faults take {human(signal.estimate.value, Unit.RATIO)} of the busy time, in"
            f" {name_of(signal.where)}: {doing}.",
            next_step=f"perf trace -s -F all -p {pid_of(signal)} -- sleep 5  # faults, mmap, munmap, brk",
            evidence=[evidence(f"{one.label('kind')} page faults", one, "/proc/PID/stat") for one in counted],
        )
        if draft:
            yield replace(draft, pattern="major" if major else "minor")


def _smaller(kernel: Signal, fault: Signal) -> bool:
    return kernel.estimate.value <= fault.estimate.value


SPEC = Rule(
    kind="memory.faults",
    resource="memory",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=("cpu.kernel",),
    diagnose=diagnose,
)
