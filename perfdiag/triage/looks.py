"""Looking at the whole host: snapshots of it and of its control groups, and sweeps over its processes."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from perfdiag.daemon.collect import Collection
from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.sweep import Sweep, Swept
from perfdiag.model import Sample, Snapshot
from perfdiag.plugins import Collector
from perfdiag.triage.activity import Activities
from perfdiag.triage.details import Details

_MOST_GROUPS = 256  # control groups that are asked whether they have a limit
_FIRST = 1  # the process that everybody sees who sees those of others
_LIMITS = ("cgroup.cpu.quota", "cgroup.memory.limit")


class Looks:
    """Call `take` for each look, `finish` after the last one, `close` at the end; the rest is the result.

    perfdiag itself is left out of the processes.
    """

    def __init__(self, host: Host, collectors: Sequence[Collector]) -> None:
        self._host = host
        self._collection = Collection(host, collectors)
        self._group_collectors = [one for one in collectors if one.name == "cgroup"]
        self._sweep = Sweep(host)
        self._limited: set[str] | None = None  # groups of processes of which a limit is known
        self.snapshots: list[Snapshot] = []
        self.activities = Activities()
        self.details = Details(host)
        self.hidden = False  # processes of others are (hidepid)
        self.members: dict[str, set[str]] = defaultdict(set)  # directory of a group -> groups of processes

    def take(self) -> None:
        """Look once. Missing when no process can be seen at all."""
        snapshot = self._collection.host_snapshot()
        swept = self._processes()
        samples = (*snapshot.samples, *self._groups(swept))
        self.snapshots.append(replace(snapshot, samples=samples))
        self.activities.take(snapshot.at, swept)
        if len(self.snapshots) == 1:
            self.details.begin(self._host.clock.monotonic_ns() / 1e9, swept)

    def finish(self) -> None:
        """Read what is read at the end alone."""
        self.details.end(self._host.clock.monotonic_ns() / 1e9, self._processes())

    def close(self) -> None:
        self._sweep.close()

    def _processes(self) -> list[Swept]:
        swept = self._sweep.take()
        self.hidden = all(one.pid != _FIRST for one in swept)
        return [one for one in swept if one.pid != os.getpid()]

    def _groups(self, swept: Iterable[Swept]) -> Iterable[Sample]:
        """What the groups with a limit and all above them use; each is asked through one of its processes."""
        pids = {one.cgroup: one.pid for one in swept if one.cgroup and one.resident}
        found: dict[tuple[str, object], Sample] = {}
        if self._limited is None:
            self._limited = set()
            for cgroup in sorted(pids)[:_MOST_GROUPS]:
                samples = self._group(pids[cgroup])
                if any(sample.name in _LIMITS for sample in samples):
                    self._limited.add(cgroup)
                    found |= {(sample.name, sample.labels): sample for sample in samples}
                for sample in samples:
                    self.members[dict(sample.labels)["cgroup"]].add(cgroup)
        else:
            for cgroup in self._limited & pids.keys():
                found |= {(one.name, one.labels): one for one in self._group(pids[cgroup])}
        return found.values()

    def _group(self, pid: int) -> list[Sample]:
        samples: list[Sample] = []
        for collector in self._group_collectors:
            try:
                for sample in collector.collect(self._host, pid):
                    samples.append(sample)
            except Missing:
                continue  # the process has ended, or no groups are mounted: what was read counts
        return samples
