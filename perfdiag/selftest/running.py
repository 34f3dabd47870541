"""One program of the self-test: started, looked at, ended."""

import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from perfdiag.collect import Collection
from perfdiag.engine import diagnose
from perfdiag.errors import TargetError
from perfdiag.host import Host
from perfdiag.host.commands import Child, start_program
from perfdiag.host.process import access, attach
from perfdiag.meta import Plan
from perfdiag.model import INTERRUPTED, TERMINATED
from perfdiag.options import Options
from perfdiag.recording import Recording
from perfdiag.selftest.cases import PROGRAMS, Case
from perfdiag.selftest.scoring import Outcome, outcome

Record = Callable[[Collection], Recording]

RATE = 100.0  # looks per second
_PROBE = 200_000_000  # nanoseconds in which is tried how much of a CPU there is
_LEAST = 0.7  # of a CPU; with less the programs wait for it, whatever else they suffer from
_WARM = 0.5  # seconds until a program is looked at


class Stopped(Exception):
    """Somebody ended the look: INTERRUPTED or TERMINATED."""


def judge(case: Case, host: Host, duration: float, record: Record) -> Outcome:
    """What perfdiag says of the program. `record` runs a Collection; Stopped when that was ended early."""
    if noise := _noise(host):
        return Outcome(case=case, unjudged=noise)
    with program(case) as child:
        if child.wait(_WARM) is not None:
            return Outcome(case=case, unjudged=f"the program did not run: {child.last_words()}")
        try:
            target = attach(child.pid, host)
            if blind := access(target, host).blind:
                return Outcome(case=case, unjudged=f"it cannot be seen: {blind[0]}")
            plan = Plan(duration=duration, rate=RATE, user_code=(f"{PROGRAMS}/*",))
            recording = record(Collection(host, [target], plan))
        except TargetError as error:
            return Outcome(case=case, unjudged=f"{error.what}: {error.cause}")
    if recording.meta.ended in (INTERRUPTED, TERMINATED):
        raise Stopped(recording.meta.ended)
    if noise := _noise(host):  # it has begun meanwhile
        return Outcome(case=case, unjudged=noise)
    return outcome(case, diagnose(recording, Options()))


@contextmanager
def program(case: Case) -> Iterator[Child]:
    """The program of a case, and its peer, for as long as the block lasts."""
    with ExitStack() as stack:
        words: list[str] = []
        if case.peer:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            _start(stack, case.peer, [str(listener.fileno())], keep=[listener.fileno()])
            words.append(str(listener.getsockname()[1]))
        yield _start(stack, case.program, words)


def _start(stack: ExitStack, name: str, words: list[str], keep: Sequence[int] = ()) -> Child:
    child = start_program([sys.executable, "-I", str(PROGRAMS / f"{name}.py"), *words], keep=keep)
    stack.callback(child.kill)
    return child


def _noise(host: Host) -> str:
    """Why nothing can be told of a program on this host just now; '' when it is quiet enough."""
    share = share_of_a_cpu(host)
    return (
        f"a thread gets {share:.0%} of a CPU here, the rest goes to other programs" if share < _LEAST else ""
    )


def share_of_a_cpu(host: Host) -> float:
    """What a thread that computes gets of a CPU just now; the rest goes to other programs."""
    began, used = host.clock.monotonic_ns(), time.thread_time_ns()
    while (passed := host.clock.monotonic_ns() - began) < _PROBE:
        pass
    return (time.thread_time_ns() - used) / passed
