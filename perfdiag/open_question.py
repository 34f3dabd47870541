"""What the first part of a look leaves open, and what a second measurement has answered; pure functions.

CPU time of a Python program that no line of Python explains: of threads without Python frames, of C code
that runs without the GIL, of the kernel. perf tells its functions. The answer is kept as samples of the last
snapshot, so a recording says the same when it is diagnosed again:
`question.asked{part, seconds}` (a share of the CPU time), `question.answer{function, file, origin}` (looks).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from perfdiag.diagnosis import FollowUp
from perfdiag.model import Kind, Origin, Role, Sample
from perfdiag.recording import Recording
from perfdiag.ticks import RUNNING, GilFlag, RowFlag
from perfdiag.units import Unit, human

ASKED, ANSWER = "question.asked", "question.answer"
_LARGE = 0.25  # of the CPU time: less is not worth another measurement
_BUSY = 0.2  # of a core: a program that computes less does not suffer from it
_SHOWN, _NOTABLE = 3, 0.05  # functions in an answer, and the least part of it that one of them has
_INTERPRETER = ("python", "libpython")


class Part(StrEnum):
    """CPU time that no line of Python explains."""

    THREADS = "threads"
    NATIVE = "native"
    KERNEL = "kernel"


_WORDS = {
    Part.THREADS: "is spent in threads without Python frames: in which functions?",
    Part.NATIVE: "is spent in C code that runs without the GIL: in which functions?",
    Part.KERNEL: "is spent in the kernel: in which of its functions?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`share`: of the CPU time so far; `tids`: the threads that are asked about."""

    part: Part
    share: float
    tids: frozenset[int]


@dataclass(slots=True)
class _Spent:
    """What a thread has used since its first row: CPU nanoseconds, clock ticks; and of the rows at which it
    ran those with and without the GIL."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]
    stacks: bool = False
    ran: int = 0
    outside: int = 0

    @property
    def cpu(self) -> float:
        return (self.last[0] - self.first[0]) / 1e9

    @property
    def kernel(self) -> float:
        user, system = (self.last[n] - self.first[n] for n in (1, 2))
        return self.cpu * system / max(1, user + system)

    @property
    def native(self) -> float:
        """At most what is not the kernel's: system calls are made without the GIL too."""
        return min(self.cpu - self.kernel, self.cpu * self.outside / max(1, self.ran))


def question_of(recording: Recording) -> Question | None:
    """The largest part of the CPU time so far that stays unexplained; None where none is worth asking."""
    spent = _spent(recording)
    whole = sum(one.cpu for one in spent.values())
    begin, end = recording.window
    if whole < _BUSY * (end - begin) or whole <= 0:
        return None
    parts = {
        Part.THREADS: {tid: one.cpu for tid, one in spent.items() if not one.stacks},
        Part.NATIVE: {tid: one.native for tid, one in spent.items() if one.stacks},
        Part.KERNEL: {tid: one.kernel for tid, one in spent.items() if one.stacks},
    }
    part = max(parts, key=lambda name: sum(parts[name].values()))
    share = sum(parts[part].values()) / whole
    tids = frozenset(tid for tid, seconds in parts[part].items() if seconds > 0)
    return Question(part=part, share=share, tids=tids) if share >= _LARGE else None


def _spent(recording: Recording) -> dict[int, _Spent]:
    """By thread, of processes with an interpreter whose stacks are read."""
    python = {
        number for number, one in enumerate(recording.processes) if one.runtime and one.role is not Role.PEER
    }
    rows, gil = recording.ticks.rows, recording.ticks.gil.rows()
    change = next(gil, None)
    holders: dict[int, int] = {}  # process -> who has its GIL; 0 where nobody has
    names = ("tick", "process", "tid", "cpu_ns", "utime", "stime", "call", "flags")
    found: dict[int, _Spent] = {}
    for tick, process, tid, cpu, utime, stime, call, flags in zip(*(rows[n] for n in names), strict=True):
        while change is not None and change[0] <= tick:
            holders[change[1]] = change[2] if change[3] & GilFlag.LOCKED else 0
            change = next(gil, None)
        if process not in python or flags & RowFlag.GONE:
            continue
        now = (cpu, utime, stime)
        one = found.setdefault(tid, _Spent(now, now))
        one.last = now
        one.stacks |= not flags & RowFlag.NO_STACK
        if call == RUNNING:
            one.ran += 1
            one.outside += holders.get(process, tid) != tid
    return found


def samples(
    question: Question, looks: Iterable[tuple[str, str, Origin, int]], seconds: float
) -> tuple[Sample, ...]:
    """A question and its answer, (function, file, origin, looks) of each function, for a recording."""
    asked = (("part", question.part.value), ("seconds", f"{seconds:.1f}"))
    found = [Sample(name=ASKED, value=question.share, unit=Unit.RATIO, kind=Kind.GAUGE, labels=asked)]
    for function, file, origin, number in looks:
        labels = (("function", function), ("file", file), ("origin", origin.value))
        found.append(
            Sample(name=ANSWER, value=float(number), unit=Unit.COUNT, kind=Kind.GAUGE, labels=labels)
        )
    return tuple(found)


def followed_up(recording: Recording) -> tuple[FollowUp, ...]:
    """What was asked during the look, and what came of it."""
    last = recording.snapshots[-1].samples if recording.snapshots else ()
    answers = [one for one in last if one.name == ANSWER and one.value > 0]
    return tuple(
        _follow_up(dict(asked.labels), asked.value, answers)
        for asked in last
        if asked.name == ASKED and dict(asked.labels).get("part") in tuple(Part)
    )


def _follow_up(labels: Mapping[str, str], share: float, answers: Sequence[Sample]) -> FollowUp:
    part = Part(labels["part"])
    looks = [(dict(one.labels), one.value) for one in answers]
    inside = sorted((one for one in looks if _belongs(part, one[0])), key=lambda one: -one[1])
    whole = sum(number for _, number in inside)
    told = [
        f"{human(number / whole, Unit.RATIO)}{'' if place else ' of it'} in {_named(one)}"
        for place, (one, number) in enumerate(inside[:_SHOWN])
        if number >= _NOTABLE * whole
    ]
    return FollowUp(
        question=f"{human(share, Unit.RATIO)} of the CPU time {_WORDS[part]}",
        measurement=f"perf, for the last {labels.get('seconds', '?')} s of the look",
        answer=", ".join(told) or "it met none of them any more",
    )


def _belongs(part: Part, labels: Mapping[str, str]) -> bool:
    """Whether a function is one of those that are asked for."""
    kernel = labels.get("origin") == Origin.KERNEL
    if part is Part.NATIVE:
        return not kernel and not _file(labels).startswith(_INTERPRETER)
    return kernel is (part is Part.KERNEL) or part is Part.THREADS


def _named(labels: Mapping[str, str]) -> str:
    function, file = labels.get("function", "?"), _file(labels)
    return function if file in function or not file else f"{function} ({file})"


def _file(labels: Mapping[str, str]) -> str:
    return labels.get("file", "").rpartition("/")[2]
