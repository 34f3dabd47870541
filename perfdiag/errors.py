"""The two kinds of trouble: what a user must be told, and facts about the world.

A `PerfdiagError` ends the command with its exit code; `cli` catches it once and prints three lines
(what happened, why, what to do). A `Missing` is a fact about one reading; the engine turns it into a
`Fault`, which is data: "no data", "denied", "broken" and "late" are never zeros.
"""

from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """Exit codes, part of the public contract (see docs/agent-performance/guide.md)."""

    OK = 0
    GATE = 1
    USAGE = 2
    UNMEASURED = 3
    INCONCLUSIVE = 4
    INTERNAL = 70
    INTERRUPTED = 130
    TERMINATED = 143


# The first one that applies wins when several would.
EXIT_ORDER = (
    Exit.INTERRUPTED,
    Exit.TERMINATED,
    Exit.INTERNAL,
    Exit.USAGE,
    Exit.UNMEASURED,
    Exit.GATE,
    Exit.INCONCLUSIVE,
    Exit.OK,
)


def worst(*codes: Exit) -> Exit:
    """The code that wins by the order of the contract; OK when there is none."""
    return next((code for code in EXIT_ORDER if code in codes), Exit.OK)


class PerfdiagError(Exception):
    """What happened, why, and what to do; ends the command with `exit`."""

    exit = Exit.INTERNAL

    def __init__(self, what: str, *, cause: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.cause, self.fix = what, cause, fix


class UsageError(PerfdiagError):
    """A bad argument, a bad configuration, or an output that cannot be created."""

    exit = Exit.USAGE


class TargetError(PerfdiagError):
    """The target could not be measured: missing, gone, refused; or an output lost on the way."""

    exit = Exit.UNMEASURED


class InconclusiveError(PerfdiagError):
    """Measured, but not enough to say anything."""

    exit = Exit.INCONCLUSIVE


class FaultKind(StrEnum):
    NO_DATA = "no_data"
    DENIED = "denied"
    BROKEN = "broken"
    LATE = "late"


class Missing(Exception):
    """One reading could not be had; `kind` says how, the message says what."""

    kind = FaultKind.NO_DATA


class NoData(Missing):
    """The source does not exist here (an old kernel, a vanished process)."""


class Denied(Missing):
    """The source exists and we may not read it."""

    kind = FaultKind.DENIED


class Broken(Missing):
    """The source was read and cannot be understood; the message names file and text."""

    kind = FaultKind.BROKEN


class Late(Missing):
    """The source did not answer within its deadline."""

    kind = FaultKind.LATE
