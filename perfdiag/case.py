"""What a pattern is recognised by: a draft, and what was counted of the time that it claims."""

from collections.abc import Callable
from dataclasses import dataclass

from perfdiag.diagnosis import Draft, Evidence
from perfdiag.model import ON_CPU, Frame, Origin, Stack, TimeClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Seconds of one class on one stack, and how many waits ended in them."""

    time: TimeClass
    group: str
    stack: Stack | None
    seconds: float
    turns: float

    @property
    def user(self) -> Frame | None:
        """The line of the program that it comes from."""
        frames = self.stack.frames if self.stack else ()
        return next((frame for frame in frames if frame.origin is Origin.USER), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of threads: how many ever worked, mean numbers of them that computed and that were ready to;
    waits for work, and waits of its own with work in hand, that ended. `stacks` are all on which its threads
    were seen."""

    name: str
    threads: int
    computing: float
    ready: float
    idle_turns: float
    own_turns: float
    stacks: tuple[Stack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Herd:
    """Threads of a group that woke at a tick and waited again at once: how many a second, which part of all
    that woke, with how many one of them woke in the mean, itself included, and how uneven their
    turns are (variance by mean at a tick: about 1 by chance)."""

    name: str
    rate: float
    in_vain: float
    at_once: float
    unevenness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A draft with the time that it asks for. `team` has most of that time; `seconds` long was the look, on
    `cpus` that the target may use."""

    draft: Draft
    parts: tuple[Part, ...]
    team: Team
    seconds: float
    cpus: float
    herds: tuple[Herd, ...] = ()  # of all groups, also those that only stand in the way

    @property
    def spent(self) -> float:
        return sum(part.seconds for part in self.parts)

    @property
    def waited(self) -> float:
        """Seconds of waits; not those on a CPU in a call."""
        return sum(part.seconds for part in self.parts if part.time not in ON_CPU)

    @property
    def turns(self) -> float:
        """Waits that ended."""
        return sum(part.turns for part in self.parts)

    @property
    def rate(self) -> float:
        """Waits that ended, a second."""
        return self.turns / self.seconds

    @property
    def each(self) -> float:
        """Seconds of a wait, in the mean; 0 when none ended."""
        return self.waited / self.turns if self.turns else 0.0

    @property
    def waiting(self) -> float:
        """How many wait at a time, in the mean."""
        return self.waited / self.seconds

    def share(self, holds: Callable[[Part], bool]) -> float:
        """Of the time, the part of which this holds."""
        return sum(part.seconds for part in self.parts if holds(part)) / self.spent if self.spent else 0.0

    def main_line(self) -> tuple[float, str]:
        """The share of the line of the program that has most of the time, and that line in words."""
        by_line: dict[tuple[str, str, int], float] = {}
        for part in self.parts:
            if part.user is not None:
                line = (part.user.file, part.user.function, part.user.line)
                by_line[line] = by_line.get(line, 0.0) + part.seconds
        if not by_line or not self.spent:
            return 0.0, ""
        line = max(by_line, key=lambda key: (by_line[key], key))
        file, function, number = line
        return by_line[line] / self.spent, f"{function} ({file.rpartition('/')[2]}:{number})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """That a pattern applies, with what was measured: one number, and a sentence that says it."""

    confidence: float
    evidence: Evidence
    sentence: str


def calls(stack: Stack | None, functions: frozenset[tuple[str, str]]) -> bool:
    """Whether the program's line on a stack calls one of these library functions (end of the file, name), by
    itself or through others."""
    for frame in stack.frames if stack else ():
        if frame.origin is Origin.USER:
            return False
        name = frame.function.rpartition(".")[2]
        if any(name == function and frame.file.endswith(file) for file, function in functions):
            return True
    return False
