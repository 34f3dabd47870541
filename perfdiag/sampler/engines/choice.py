"""Which engine reads stacks: what was asked for, checked before anything is measured."""

from dataclasses import dataclass
from enum import StrEnum

from perfdiag.errors import UsageError
from perfdiag.sampler.engines import perf, pyspy


class Engine(StrEnum):
    AUTO = "auto"  # the non-stop reader; where it cannot read an interpreter py-spy; perf where there is none
    NON_STOP = "non-stop"
    PY_SPY = "py-spy"
    PERF = "perf"
    NONE = "none"  # /proc alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`blocking`: py-spy stops the target for each look. `native`: with native frames, which needs that."""

    engine: Engine = Engine.AUTO
    blocking: bool = False
    native: bool = False

    @property
    def reads(self) -> bool:
        """Whether the sampler is to read the stacks of interpreters itself."""
        return self.engine in (Engine.AUTO, Engine.NON_STOP)


def choose(engine: str, *, blocking: bool = False, native: bool = False, processes: int = 1) -> Choice:
    """UsageError for what contradicts itself, and for an engine that is not there."""
    chosen = Engine.PY_SPY if native and engine == Engine.AUTO else Engine(engine)
    if (native or blocking) and chosen is not Engine.PY_SPY:
        raise UsageError(
            f"{'--native' if native else '--blocking'} does not go with --engine {chosen}",
            cause="it is a way in which py-spy looks",
            fix="use --engine py-spy",
        )
    if chosen is Engine.PY_SPY and not pyspy.program():
        raise UsageError(
            "py-spy is not installed in the environment of perfdiag",
            cause="it is an optional dependency, and no other py-spy is ever run",
            fix="pip install 'perfdiag[py-spy]'",
        )
    if chosen is Engine.PY_SPY and processes > 1:
        raise UsageError(
            f"--engine py-spy cannot look at {processes} processes",
            cause="it looks at one process, and with --subprocesses at those that it has started",
            fix="choose one with -p",
        )
    if chosen is Engine.PERF and not perf.program():
        raise UsageError("perf is not installed", cause="it is a program of its own", fix=perf.INSTALL)
    return Choice(engine=chosen, blocking=blocking or native, native=native)
