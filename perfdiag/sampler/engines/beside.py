"""The engine beside the sampler: chosen, started, watched over, and joined at the end.

By itself py-spy is started for an interpreter that the sampler turned out not to be able to read, perf for
programs that are not Python. What cannot be started or fails costs the run its stacks, and nothing else.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.elf import parse_maps
from perfdiag.host.inspector import Inspector
from perfdiag.model import Origin
from perfdiag.recording import Recording
from perfdiag.sampler.cpython.unread import NOT_PYTHON
from perfdiag.sampler.engines import perf, pyspy
from perfdiag.sampler.engines.aside import Outcome
from perfdiag.sampler.engines.choice import Choice, Engine
from perfdiag.sampler.family import Family

_MOST = 256  # children that are looked at from the start
_READY = 3.0  # seconds that an engine may take to start before the sampler does
_PYTHON = "Python stacks"  # how the sampler begins to say what it cannot read


class Running(Protocol):
    """A started engine (see pyspy.PySpy, perf.Perf)."""

    name: str

    def ready(self, timeout: float) -> None: ...
    def watch(self) -> None: ...
    def stop(self) -> None: ...
    def join(self, recording: Recording) -> Outcome: ...
    def close(self) -> None: ...


class Beside:
    """`pids` are the processes that were chosen; `begins`: they become the program to be looked at later
    (exec); `children`: what they start is looked at too; `permitted`: their memory may be read."""

    def __init__(
        self,
        choice: Choice,
        *,
        host: Host,
        inspector: Inspector,
        pids: Sequence[int],
        begins: bool,
        children: bool,
        permitted: bool,
        rate: float,
        duration: float,
        origin: Callable[[str], Origin],
    ) -> None:
        self._choice, self._origin = choice, origin
        self._host, self._inspector = host, inspector
        self._pids, self._begins, self._children, self._permitted = pids, begins, children, permitted
        self._rate, self._duration = rate, duration
        self._python: list[int] = []
        self._running: Running | None = None
        self._blind: tuple[str, ...] = ()
        self._considered = False

    def start(self) -> None:
        """Before the sampler, but for a program that is still to begin: that has another interpreter, or
        none, and perf alone goes along into it."""
        if not self._begins or self._choice.engine is Engine.PERF:
            self._start()
        if self._running is not None:
            self._running.ready(_READY)

    def _start(self) -> None:
        """What was asked for, or what programs that are not Python need."""
        self._python = [pid for pid in self._pids if _is_python(self._inspector, pid)]
        others = [pid for pid in self._pids if pid not in self._python]
        match self._choice.engine:
            case Engine.PY_SPY:
                self._start_py_spy(self._pids[0])
            case Engine.PERF:
                self._start_perf(self._pids)
            case Engine.AUTO if others and self._permitted:
                self._start_perf(others)

    def consider(self, recording: Recording) -> None:
        """Once the sampler has begun, and the program: whether it could read the interpreters."""
        if self._considered or not len(recording.ticks.ticks):
            return
        self._considered = True
        if self._begins and self._running is None:
            self._start()
        read = {process.pid for process in recording.processes if process.runtime}
        unread = [pid for pid in self._python if pid not in read]
        if unread and self._permitted and self._choice.engine is Engine.AUTO and self._running is None:
            self._start_py_spy(unread[0])

    def _start_py_spy(self, pid: int) -> None:
        path = pyspy.program()
        mode = pyspy.Mode(blocking=self._choice.blocking, native=self._choice.native, children=self._children)
        if not path:
            self._blind = ("stacks by py-spy: it is not installed; pip install 'perfdiag[py-spy]'",)
            return
        self._try(
            lambda: pyspy.PySpy(
                path,
                pid,
                host=self._host,
                inspector=self._inspector,
                rate=self._rate,
                duration=self._duration,
                origin=self._origin,
                mode=mode,
            )
        )

    def _start_perf(self, pids: Sequence[int]) -> None:
        path = perf.program()
        if not path:
            self._blind = (f"native stacks: perf is not installed; {perf.INSTALL}",)
            return
        everyone = [*pids, *self._below(pids)]
        self._try(lambda: perf.Perf(path, everyone, host=self._host, rate=self._rate))

    def _below(self, pids: Sequence[int]) -> list[int]:
        """What they have started by now; what is forked later is looked at by itself."""
        if not self._children:
            return []
        try:
            return [stat.pid for stat in Family(self._host, {os.getpid()}).births(pids)][:_MOST]
        except Missing:
            return []

    def _try(self, start: Callable[[], Running]) -> None:
        try:
            self._running = start()
        except OSError as error:
            self._blind = (f"stacks: no engine could be started ({error.strerror})",)

    def watch(self) -> None:
        """Call it often: it keeps the engine from holding the target."""
        if self._running is not None:
            self._running.watch()

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()

    def finish(self, recording: Recording, *said: Mapping[str, Any]) -> Outcome:
        """Join what it saw; call it after `stop`, with what the sampler `said` when it began and when it
        ended. The outcome names all that read stacks, and what the sampler is blind to."""
        engine = str(({"engine": ""} | dict(said[0]) | dict(said[-1]))["engine"])
        blind = [text for part in said for text in part.get("blind", ()) if not text.endswith(NOT_PYTHON)]
        if self._running is None:
            return Outcome(engine=engine, blind=(*blind, *self._blind))
        outcome = self._running.join(recording)
        if outcome.rows or not outcome.faults:
            blind = [text for text in blind if not text.startswith(_PYTHON)]
            read = engine and not engine.startswith("/")
            engine = f"{engine}, {outcome.engine}" if read else outcome.engine
        return replace(outcome, engine=engine, blind=(*blind, *outcome.blind))

    def close(self) -> None:
        """End what still runs."""
        if self._running is not None:
            self._running.close()


def _is_python(inspector: Inspector, pid: int) -> bool:
    """Whether CPython runs in a process: as a program, or as a library of one."""
    try:
        paths = [mapping.path for mapping in parse_maps(inspector.maps(pid))]
    except Missing:
        return False
    return any(path.rpartition("/")[2].startswith(("python", "libpython")) for path in paths)
