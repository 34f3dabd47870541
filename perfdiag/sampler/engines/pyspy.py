"""py-spy: Python stacks of interpreters that the non-stop reader does not know, and native frames.

It is the one of perfdiag's own environment, by its absolute path. Without `blocking` it reads the target as
the non-stop reader does and never stops it; some stacks of running threads are then torn. With it the target
stands still for each look; native frames need that.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass

from perfdiag.host import Host
from perfdiag.host.commands import own_program
from perfdiag.host.inspector import Inspector
from perfdiag.model import Origin
from perfdiag.recording import Recording
from perfdiag.sampler.engines.aside import Aside, Outcome
from perfdiag.sampler.engines.chrometrace import parse
from perfdiag.sampler.engines.join import join_spans
from perfdiag.sampler.engines.looks import Looks
from perfdiag.sampler.engines.thread_ids import ThreadIds

NAME = "py-spy"
_GRACE = 5  # seconds after the duration at which it ends by itself
_MOST = 256 << 20  # bytes of its file
BLIND = (
    "who holds the GIL or a lock, garbage collection and episodes of an event loop: the stacks of py-spy are"
    " joined by time, and the state of the interpreter is not read"
)
_TORN = "stacks of threads that run: some are torn, because the target is not stopped for a look"
_STOPS = "the target as it runs undisturbed: py-spy stops it for each look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    blocking: bool = False
    native: bool = False
    children: bool = False  # of the target too


def program() -> str:
    """The absolute path of the py-spy of this environment; '' when it is not installed."""
    return own_program(NAME)


class PySpy:
    """A run of py-spy on one process, and its children where asked for. OSError when it cannot be started."""

    name = NAME

    def __init__(
        self,
        path: str,
        pid: int,
        *,
        host: Host,
        inspector: Inspector,
        rate: float,
        duration: float,
        origin: Callable[[str], Origin],
        mode: Mode = Mode(),
    ) -> None:
        self._host, self._inspector = host, inspector
        self._rate, self._origin, self._mode = rate, origin, mode
        command = [path, "record", "--pid", str(pid), "--output", "{}", "--format", "chrometrace"]
        command += ["--full-filenames", "--idle", "--threads", "--rate", str(max(1, round(rate)))]
        command += ["--duration", str(math.ceil(duration) + _GRACE)]
        command += ["--native"] if mode.native else []
        command += ["--subprocesses"] if mode.children else []
        command += [] if mode.blocking or mode.native else ["--nonblocking"]
        self.aside = Aside(NAME, command, [pid], host)

    def ready(self, timeout: float) -> None:
        self.aside.ready(timeout)

    def watch(self) -> None:
        self.aside.watch()

    def stop(self) -> None:
        self.aside.stop()

    def close(self) -> None:
        self.aside.close()

    def join(self, recording: Recording) -> Outcome:
        """Give the rows of the recording their stacks; call it after `stop`."""
        aside, looks, rows = self.aside, Looks(), 0
        if not aside.why:
            try:
                looks = parse(
                    _content(aside.file),
                    aside.ended_ns,
                    self._origin,
                    ThreadIds(self._host, self._inspector).tid,
                )
            except ValueError as error:
                aside.why = f"what py-spy wrote cannot be understood ({error})"
            else:
                # a change is seen at the next look: after half of the time between two, on average
                rows = join_spans(recording, looks, int(0.5e9 / self._rate))
        stops = self._mode.blocking or self._mode.native
        return Outcome(
            engine=NAME,
            rows=rows,
            looks=_counted(aside.words(), "Samples") or looks.count,
            errors=_counted(aside.words(), "Errors") + looks.errors,
            cpu=aside.cpu,
            blind=(f"Python stacks: {aside.why}",) if aside.why else (BLIND, _STOPS if stops else _TORN),
            faults=(aside.fault(),) if aside.why else (),
        )


def _content(file: int) -> bytes:
    size = os.fstat(file).st_size
    if size > _MOST:
        raise ValueError(f"{size >> 20} MiB are more than {_MOST >> 20}")
    return os.pread(file, size, 0)


def _counted(words: str, name: str) -> int:
    """'... Samples: 398 Errors: 0' -> 398; 0 where it says nothing of the kind."""
    number = words.rpartition(f"{name}: ")[2].split()[:1]
    return int(number[0]) if number and number[0].isdecimal() else 0
