"""Record a live process: ticks from the sampler child, a snapshot of the collectors once a second.

The loop never waits for the target, the sampler or a collector longer than it says; a Ctrl-C stops it early
and what there is becomes the recording.
"""

import os
import platform
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

import perfdiag
import perfdiag.collectors
from perfdiag.errors import Missing, TargetError
from perfdiag.host import Host
from perfdiag.host.cgroups import cpu_stat_files
from perfdiag.host.inspector import Inspector
from perfdiag.host.process import Target, access, describe
from perfdiag.model import Cost, Fault, Meta, Process, Sample, Snapshot
from perfdiag.origins import Origins
from perfdiag.plugins import Collector, discover
from perfdiag.recording import Recording
from perfdiag.sampler.client import Sampler

_STEP = 0.1  # seconds between two looks at the stop flag
_GRACE = 3.0  # seconds that the sampler may take beyond the duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for. `rate` in Hz, `duration` in seconds."""

    duration: float
    rate: float
    user_code: tuple[str, ...] = ()


class Collection:
    """A recording in the making. `stop` may be called from a signal handler."""

    def __init__(self, host: Host, target: Target, plan: Plan) -> None:
        self._host, self._target, self._plan = host, target, plan
        self._collectors = discover(perfdiag.collectors, Collector)
        self._stopped = ""
        self._inspector = Inspector(host.procfs)
        self._cpu_mark = _own_cpu()
        process = describe(target, host, self._inspector)
        self.recording = Recording(meta=_meta(host, process, plan))
        self.recording.processes.append(process)
        self._blind = access(target, host).blind

    def stop(self, why: str) -> None:
        """End early; the recording says why."""
        self._stopped = self._stopped or why

    def run(
        self,
        progress: Callable[[float], None] = lambda _: None,
        each: Callable[[Recording], object] = lambda _: None,
    ) -> Recording:
        """Record until the duration is over, the target ended, or `stop` was called. `progress` is told the
        share that is done, `each` is called after each snapshot."""
        recording, clock = self.recording, self._host.clock
        started = clock.monotonic_ns() / 1e9
        sampler = self._sampler()
        try:
            self._follow(sampler, started, progress, each)
        finally:
            sampler.stop()
        last = self._snapshot()
        recording.snapshots.append(replace(last, faults=(*last.faults, *sampler.faults)))
        self._close(sampler, clock.monotonic_ns() / 1e9 - started)
        return recording

    def _sampler(self) -> Sampler:
        """A started sampler. TargetError when this process may open or start no more."""
        try:
            return Sampler(
                self.recording,
                pid=self._target.pid,
                pidfd=self._target.pidfd,
                procfs=self._host.procfs,
                rate=self._plan.rate,
                duration=self._plan.duration,
                cpu_stat=cpu_stat_files(self._host, self._target.pid),
                clock=self._host.clock,
                origin=Origins(self._plan.user_code).of,
            )
        except OSError as error:
            raise TargetError(
                "the sampler cannot be started",
                cause=os.strerror(error.errno or 0),
                fix="raise the limits of perfdiag's own process (ulimit -n, ulimit -u), or free memory",
            ) from error

    def _follow(
        self,
        sampler: Sampler,
        started: float,
        progress: Callable[[float], None],
        each: Callable[[Recording], object],
    ) -> None:
        """Take what the sampler sends, and a snapshot each second, until one of the ends is reached."""
        recording, clock = self.recording, self._host.clock
        recording.snapshots.append(self._snapshot())
        due = started + 1.0
        while not sampler.done and not self._stopped:
            now = clock.monotonic_ns() / 1e9
            if now > started + self._plan.duration + _GRACE:
                break
            sampler.pump(min(_STEP, max(0.0, due - now)))
            progress(min(1.0, (now - started) / self._plan.duration))
            if clock.monotonic_ns() / 1e9 >= due and not sampler.done:
                recording.snapshots.append(self._snapshot())
                each(recording)
                due += 1.0

    def _snapshot(self) -> Snapshot:
        clock = self._host.clock
        at, wall = clock.monotonic_ns() / 1e9, clock.wall()
        samples: list[Sample] = []
        faults: list[Fault] = []
        for collector in self._collectors:
            pid = self._target.pid if collector.scope == "process" else None
            try:
                samples.extend(collector.collect(self._host, pid))
            except Missing as missing:
                faults.append(Fault(source=collector.name, kind=missing.kind, detail=str(missing)))
        return Snapshot(at=at, wall=wall, samples=tuple(samples), faults=tuple(faults))

    def _close(self, sampler: Sampler, lasted: float) -> None:
        totals, hello = sampler.totals, sampler.hello
        meta = self.recording.meta
        made = len(self.recording.ticks.ticks)
        ended = self._stopped or totals.get("ended", "")
        covered = min(lasted, self._plan.duration)
        if not ended and not totals:
            # nobody wanted that: what it did not see of the time asked for counts as missed
            ended, covered = "the sampler ended early", self._plan.duration
        elif ended and made:  # at the will of somebody: the time before the first look is nobody's miss
            at = self.recording.ticks.ticks["at_ns"]
            covered = min(covered, (at[-1] - at[0]) / 1e9)
        slowed = bool(totals.get("slowed", False))
        unopened = totals.get("unopened", 0)
        blind = [*self._blind, *hello.get("blind", []), *totals.get("blind", [])]
        if unopened:
            blind.append(f"{unopened} threads for which no descriptor was left")
        if slowed:
            achieved = made / max(covered, 1e-3)
            blind.append(f"short waits: the rate was lowered to {achieved:.0f} Hz to hold the budget of CPU")
        self.recording.meta = replace(
            meta,
            engine=hello.get("engine", ""),
            ended=ended,
            # the first reason is the one that was found before the sampler met its consequence
            blind=tuple({text.partition(":")[0]: text for text in reversed(blind)}.values())[::-1],
            cost=Cost(
                sampler_cpu=float(totals.get("cpu", 0.0)),
                parent_cpu=_own_cpu() - self._cpu_mark,
                planned=max(1, made, 0 if slowed else round(covered * self._plan.rate)),
                made=made,
                stacks=int(totals.get("stacks", 0)),
                torn=int(totals.get("torn", 0)),
                retried=int(totals.get("retried", 0)),
            ),
        )
        process = self.recording.processes[0]
        gone = None if self._target.alive() else self._host.clock.monotonic_ns() / 1e9
        self.recording.processes[0] = replace(process, runtime=hello.get("runtime", ""), gone=gone)
        self._inspector.close()


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system


def _meta(host: Host, process: Process, plan: Plan) -> Meta:
    return Meta(
        run_id=uuid.uuid4().hex[:16],
        version=perfdiag.__version__,
        started=host.clock.wall(),
        hostname=socket.gethostname(),
        kernel=platform.release(),
        cpus=os.cpu_count() or 1,
        target=f"{process.comm} (pid {process.pid})",
        duration=plan.duration,
        rate=plan.rate,
    )
