"""Record a live process: ticks from the sampler child, a snapshot of the collectors once a second.

The loop never waits for the target, the sampler or a collector longer than it says; a Ctrl-C stops it early
and what there is becomes the recording.
"""

import math
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

import perfdiag.collectors
from perfdiag.errors import Missing, TargetError
from perfdiag.host import Host
from perfdiag.host.cgroups import cpu_stat_files
from perfdiag.host.command import Command
from perfdiag.host.inspector import Inspector
from perfdiag.host.process import Target, access, describe
from perfdiag.inspection.looks import Looks
from perfdiag.meta import Plan, closed, opened
from perfdiag.model import Fault, Role, Snapshot
from perfdiag.origins import Origins
from perfdiag.plugins import Collector, discover
from perfdiag.recording import Recording
from perfdiag.sampler import tcp_sockets
from perfdiag.sampler.client import Sampler
from perfdiag.sampler.engines.aside import Outcome
from perfdiag.sampler.engines.beside import Beside
from perfdiag.sampler.request import Request, rows_of
from perfdiag.sampler.tcp_sockets import AllTcpSockets
from perfdiag.sampler.titles import Titles
from perfdiag.second_look import SecondLook

_STEP = 0.1  # seconds between two looks at the stop flag
_MOST = 64  # processes whose counters are read in a snapshot
_BEGINS = 1.0  # seconds in which a command has begun, and its interpreter
_SNAPSHOTS = 0.3  # of the budget, at most, goes into snapshots
_SOCKETS = 0.2  # and so much into looks at sockets
_EACH = 600.0  # seconds with a snapshot in each; later ones are rarer, so that a day has some thousands
_GRACE = 3.0  # seconds that the sampler may take beyond the duration


class Collection:
    """A recording in the making. `stop` may be called from a signal handler. A `command` is begun when it is
    looked at."""

    def __init__(
        self, host: Host, targets: Sequence[Target], plan: Plan, command: Command | None = None
    ) -> None:
        self.plan, self.command = plan, command
        self._host, self._targets = host, targets
        self._collectors = discover(perfdiag.collectors, Collector)
        self._stopped = ""
        self._inspector = Inspector(host.procfs)
        self._cpu_mark = _own_cpu()
        role = Role.MASTER if plan.subprocesses else Role.TARGET
        processes = [replace(describe(target, host, self._inspector), role=role) for target in targets]
        self.recording = Recording(meta=opened(host, processes, plan), processes=processes)
        self._titles = Titles(host, self._inspector)
        share = min(tcp_sockets.SHARE, _SOCKETS * plan.budget)
        self._sockets = AllTcpSockets([target.pidfd for target in targets], host, share)
        self._blind = _blind(targets, host)
        self._rows = 0
        self._looks = Looks(plan.inspect, plan.duration, host.clock)

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
        second = SecondLook(self._host, self.plan, permitted=not self._blind)
        with closing(self._beside()) as beside, closing(second):
            beside.start()
            started = clock.monotonic_ns() / 1e9
            sampler = self._sampler()
            try:
                self._follow(sampler, (beside, second), started, progress, each)
            finally:
                if self.command is not None:
                    self.command.begin()
                sampler.stop()
                beside.stop()
                second.stop()
            self._looks.finish()
            last = self._snapshot(sampler)
            found = beside.finish(recording, sampler.hello, sampler.totals)
            answer, failed = second.answer()
        found = replace(found, cpu=found.cpu + second.cpu)
        faults = (*last.faults, *sampler.faults, *found.faults, *failed)
        recording.snapshots.append(replace(last, samples=(*last.samples, *answer), faults=faults))
        self._close(sampler, found, clock.monotonic_ns() / 1e9 - started)
        return recording

    def _beside(self) -> Beside:
        return Beside(
            self.plan.stacks,
            host=self._host,
            inspector=self._inspector,
            pids=[target.pid for target in self._targets],
            begins=self.command is not None,
            children=self.plan.subprocesses,
            permitted=not self._blind,
            rate=self.plan.rate,
            duration=self.plan.duration,
            origin=Origins(self.plan.user_code).of,
        )

    def _sampler(self) -> Sampler:
        """A started sampler. TargetError when this process may open or start no more."""
        groups = {path for target in self._targets for path in cpu_stat_files(self._host, target.pid)}
        try:
            return Sampler(
                self.recording,
                Request(
                    targets=rows_of(self._targets),
                    rate=self.plan.rate,
                    duration=self.plan.duration,
                    budget=self.plan.budget,
                    subprocesses=self.plan.subprocesses,
                    begins=self.command is not None,
                    stacks=self.plan.stacks.reads,
                    procfs=self._host.procfs,
                    cpu_stat=tuple(sorted(groups)),
                ),
                clock=self._host.clock,
                origin=Origins(self.plan.user_code).of,
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
        engines: tuple[Beside, SecondLook],
        started: float,
        progress: Callable[[float], None],
        each: Callable[[Recording], object],
    ) -> None:
        """Take what the sampler sends, and a snapshot each second, until one of the ends is reached."""
        recording, clock, (beside, second) = self.recording, self._host.clock, engines
        recording.snapshots.append(self._snapshot())
        due = started + 1.0
        begun = started - _BEGINS if self.command is None else math.inf
        while not sampler.done and not self._stopped:
            now = clock.monotonic_ns() / 1e9
            if now > started + self.plan.duration + _GRACE:
                break
            sampler.pump(min(_STEP, max(0.0, due - now)))
            if self.command is not None and sampler.hello and self.command.begin():
                begun = now
            self._sockets.look(recording.processes)
            if now > begun + _BEGINS:
                beside.consider(recording)
            beside.watch()
            self._looks.watch()
            second.consider(recording, (now - started) / self.plan.duration)
            progress(min(1.0, (now - started) / self.plan.duration))
            if clock.monotonic_ns() / 1e9 >= due and not sampler.done:
                mark = time.process_time()
                recording.snapshots.append(self._snapshot(sampler))
                each(recording)
                cost = (time.process_time() - mark) / (_SNAPSHOTS * self.plan.budget)
                due += max(1.0, cost, (now - started) / _EACH)

    def _snapshot(self, sampler: Sampler | None = None) -> Snapshot:
        clock = self._host.clock
        at, wall = clock.monotonic_ns() / 1e9, clock.wall()
        samples, faults = self._looks.learnt()
        self._sockets.look(self.recording.processes)
        samples.extend(self._sockets.samples())
        samples.extend(self._titles.samples(self.recording.processes))
        if sampler is not None:
            samples.extend(sampler.growth.samples(self.recording.processes))
        busiest = self._busiest()
        for collector in self._collectors:
            for pid in busiest if collector.scope == "process" else [None]:
                try:
                    samples.extend(collector.collect(self._host, pid))
                except Missing as missing:
                    if pid is None or os.path.exists(f"{self._host.procfs}/{pid}"):  # else it has ended
                        faults.append(Fault(source=collector.name, kind=missing.kind, detail=str(missing)))
        return Snapshot(at=at, wall=wall, samples=tuple(samples), faults=tuple(faults))

    def _busiest(self) -> list[int]:
        """Process ids of those that were chosen, and of the others that live those that ran most often since
        the last snapshot."""
        processes, rows = self.recording.processes, self.recording.ticks.rows["process"]
        ran = Counter(rows[self._rows :])
        self._rows = len(rows)
        chosen = range(len(self._targets))
        others = [index for index, _ in ran.most_common() if index not in chosen]
        present = [processes[index] for index in (*chosen, *others)]
        alive = [one.pid for one in present if one.gone is None and one.role is not Role.PEER]
        return alive[: max(_MOST, len(chosen))]

    def _close(self, sampler: Sampler, found: Outcome, lasted: float) -> None:
        now, processes = self._host.clock.monotonic_ns() / 1e9, self.recording.processes
        for number, target in enumerate(self._targets):
            if processes[number].gone is None and not target.alive():
                processes[number] = replace(processes[number], gone=now)
        self.recording.meta = closed(
            self.recording,
            self.plan,
            found.added_to(sampler.totals),
            engine=found.engine,
            blind=(*self._blind, *found.blind),
            stopped=self._stopped,
            lasted=lasted,
            parent_cpu=_own_cpu() - self._cpu_mark,
        )
        if self.command is not None:
            self._told(self.command.status(), lasted)
        self._sockets.close()
        self._inspector.close()

    def _told(self, status: int | None, lasted: float) -> None:
        """What became of a command. One that has ended was looked at for as long as it was asked for."""
        meta = self.recording.meta
        duration = meta.duration if status is None else min(meta.duration, lasted)
        self.recording.meta = replace(meta, exit_status=status, duration=duration)


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system


def _blind(targets: Sequence[Target], host: Host) -> tuple[str, ...]:
    """What may not be seen of the targets; each reason once."""
    found = [text for target in targets for text in access(target, host).blind]
    return tuple(dict.fromkeys(found))
