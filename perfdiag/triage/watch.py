"""Looks at the host in even steps until the time is over or somebody asks for the end."""

import os
import platform
import socket
import uuid
from collections.abc import Callable, Iterable, Sequence

import perfdiag
from perfdiag.host import Host
from perfdiag.plugins import Collector, Rule
from perfdiag.readings import Readings
from perfdiag.triage.looks import Looks
from perfdiag.triage.records import About, Triage
from perfdiag.triage.round import conclude

_MOST_APART = 1.0  # seconds between two looks
_LOOKS = 10  # after the first one, also of a short round
_PATIENCE = 0.1  # seconds after which a request to end is seen


class Watch:
    """`run` looks and concludes; `stop`, from a signal handler, ends it early with what there is."""

    def __init__(self, host: Host, collectors: Sequence[Collector], rules: Iterable[Rule]) -> None:
        self._host, self._collectors, self._rules = host, collectors, tuple(rules)
        self._ended = ""

    def stop(self, reason: str) -> None:
        self._ended = reason

    def run(self, seconds: float, progress: Callable[[float], None] = lambda _: None) -> Triage:
        """A round of `seconds`. Missing when no process can be seen."""
        clock, began = self._host.clock, os.times()
        started, start = clock.wall(), clock.monotonic_ns()
        apart = min(_MOST_APART, seconds / _LOOKS)
        looks = Looks(self._host, self._collectors)
        try:
            looks.take()
            while not self._ended and len(looks.snapshots) * apart <= seconds * (1 + 1e-9):
                if self._wait(start / 1e9 + len(looks.snapshots) * apart):
                    looks.take()
                progress(len(looks.snapshots) * apart / seconds)
            looks.finish()
        finally:
            looks.close()
        return conclude(looks, self._about(looks, started, began), self._rules)

    def _wait(self, until: float) -> bool:
        """Sleep until then; False when the end was asked for first."""
        clock = self._host.clock
        while not self._ended and (left := until - clock.monotonic_ns() / 1e9) > 0:
            clock.sleep(min(left, _PATIENCE))
        return not self._ended

    def _about(self, looks: Looks, started: float, began: os.times_result) -> About:
        now = os.times()
        return About(
            run_id=uuid.uuid4().hex[:16],
            version=perfdiag.__version__,
            hostname=socket.gethostname(),
            kernel=platform.release(),
            cpus=round(Readings.of(looks.snapshots[-1]).value("cpu.online") or os.cpu_count() or 1),
            started=started,
            window=(looks.snapshots[0].at, looks.snapshots[-1].at),
            looks=len(looks.snapshots),
            processes=looks.details.asked,
            cpu=sum(after - before for after, before in zip(now[:4], began[:4], strict=True)),
            ended=self._ended,
        )
