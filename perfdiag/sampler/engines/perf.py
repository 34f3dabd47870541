"""perf: what a program that is not Python computes, by samples of its CPU time.

Stacks are unwound by `perf script` afterwards from a copy of the top of each (DWARF): most programs are built
without frame pointers. Without the right to see the kernel the samples of the program's own code remain.
"""

import os
from collections.abc import Container, Sequence

from perfdiag.host import Host
from perfdiag.host.commands import find_program, output_of
from perfdiag.recording import Recording
from perfdiag.sampler.engines.aside import Aside, Outcome
from perfdiag.sampler.engines.join import join_points
from perfdiag.sampler.engines.looks import Looks
from perfdiag.sampler.engines.perf_script import parse

NAME = "perf"
_COPIED = 4096  # bytes of a stack
_MOST = "48M"  # of samples, kept in memory; later ones are not taken
_MOST_TEXT = 64 << 20  # bytes
_READING = 15.0  # seconds for unwinding
_FASTEST = 250  # looks per second: each copies a stack
INSTALL = "install it: apt-get install linux-perf (Debian), linux-tools-$(uname -r) (Ubuntu)"
BLIND = "what the code of waits is: perf sees threads on a CPU alone"


def program() -> str:
    """The absolute path of perf; '' when it is not installed."""
    return find_program("perf")


class Perf:
    """A run of perf on some processes, and what they fork. OSError when it cannot be started."""

    name = NAME

    def __init__(self, path: str, pids: Sequence[int], *, host: Host, rate: float) -> None:
        self._path = path
        frequency = str(max(1, min(_FASTEST, round(rate))))
        command = [path, "record", "--quiet", "--event", "cpu-clock", "--freq", frequency]
        command += ["--call-graph", f"dwarf,{_COPIED}", "--clockid", "mono", "--max-size", _MOST]
        command += ["--no-buildid", "--no-buildid-cache", "--output", "{}"]
        command += ["--pid", ",".join(map(str, pids))]
        self.aside = Aside(NAME, command, pids, host)

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
        aside, looks, rows, cut = self.aside, Looks(), 0, ""
        if not aside.why:
            looks, cut = self._looks(set(recording.ticks.rows["tid"]))
            rows = join_points(recording, looks)
            if cut and not looks.count:  # without a reason: nothing was computed
                aside.why = f"perf saw nothing: {cut}"
        blind = (f"native stacks: {aside.why}",) if aside.why else (BLIND,)
        return Outcome(
            engine=NAME,
            rows=rows,
            looks=looks.count,
            errors=0,
            cpu=aside.cpu,
            blind=blind + ((f"native stacks: in part, {cut}",) if cut and looks.count else ()),
            faults=(aside.fault(),) if aside.why else (),
        )

    def _looks(self, tids: Container[int]) -> tuple[Looks, str]:
        """What was seen, and why that is not all."""
        os.lseek(self.aside.file, 0, os.SEEK_SET)
        command = [self._path, "script", "--input", f"/dev/fd/{self.aside.file}", "--ns", "--no-inline"]
        command += ["--fields", "pid,tid,time,ip,sym,dso"]
        try:
            text, cut = output_of(command, keep=(self.aside.file,), limit=_MOST_TEXT, timeout=_READING)
        except OSError as error:
            return Looks(), f"it could not be started to unwind stacks ({error.strerror})"
        return parse(text.decode("utf-8", "surrogateescape").split("\n"), tids), cut
