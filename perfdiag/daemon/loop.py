"""The collector: ticks, records, evaluates, and keeps the web process alive."""

import faulthandler
import logging
import os
import resource
import select
import signal
import socket
from contextlib import suppress
from dataclasses import replace
from types import FrameType

import perfdiag
import perfdiag.collectors
from perfdiag.analyzers import rules as rule_package
from perfdiag.analyzers import use
from perfdiag.daemon.collect import Collection, counter, gauge, own_cpu
from perfdiag.daemon.data_dir import DataDir
from perfdiag.daemon.frames import layout_of, values_of
from perfdiag.daemon.host_rules import HostRules
from perfdiag.daemon.notify import notify
from perfdiag.daemon.ring import Ring
from perfdiag.daemon.ring_tables import Episode, Frame
from perfdiag.daemon.schedule import Schedule
from perfdiag.daemon.settings import Settings
from perfdiag.daemon.web_process import WebProcess
from perfdiag.errors import Missing, UsageError
from perfdiag.host import Host
from perfdiag.model import Meta, Sample, Snapshot
from perfdiag.plugins import Collector, Rule, discover
from perfdiag.units import Unit

_DESCRIPTORS = 8192  # the sweep keeps two open for each process

_log = logging.getLogger(__name__)


class _Signals:
    """The first SIGTERM, SIGINT or SIGHUP asks for a clean end, the second ends at once."""

    def __init__(self) -> None:
        self.stop = ""
        self.wake, self._write = socket.socketpair()
        self.wake.setblocking(False)
        self._write.setblocking(False)
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked)
        faulthandler.register(signal.SIGUSR1)  # dumps our own stacks to the log

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        if self.stop:
            os._exit(128 + number)
        self.stop = signal.Signals(number).name


def run(settings: Settings, run_id: str) -> None:
    """Run until a signal asks for the end. Raises UsageError when it cannot start."""
    os.umask(0o077)
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, _DESCRIPTORS), hard))
    signals = _Signals()
    web = WebProcess(settings.address, settings.port, settings.interval)
    try:
        with DataDir(settings.data_dir, run_id) as data_dir:
            collector = _Collector(settings, run_id, data_dir, web, signals)
            collector.run()
    finally:
        web.stop()


def _check_procfs(host: Host) -> None:
    """Raises UsageError when there is nothing to watch: /proc is not mounted, or --procfs is wrong."""
    try:
        found = host.pids()
    except Missing as missing:
        raise UsageError("no process can be seen", cause=str(missing), fix="check --procfs") from missing
    if not found:
        raise UsageError("no process can be seen", cause=f"{host.procfs} has none", fix="check --procfs")


class _Collector:
    def __init__(
        self, settings: Settings, run_id: str, data_dir: DataDir, web: WebProcess, signals: _Signals
    ) -> None:
        self._host = Host(procfs=settings.procfs)
        _check_procfs(self._host)
        self._data_dir, self._web, self._signals = data_dir, web, signals
        uname = os.uname()
        self._meta = Meta(
            run_id=run_id,
            version=perfdiag.__version__,
            started=self._host.clock.wall(),
            hostname=uname.nodename,
            kernel=uname.release,
            cpus=os.cpu_count() or 1,
            target="host",
            duration=0.0,
            rate=1 / settings.interval,
        )
        self._collection = Collection(self._host, discover(perfdiag.collectors, Collector))
        self._rules = HostRules(self._meta, use.SPEC, discover(rule_package, Rule))
        self._ring = Ring(settings.data_dir, ticks=settings.keep_ticks, size=settings.keep_bytes())
        self._schedule = Schedule(self._host.clock.monotonic_ns(), int(settings.interval * 1e9))

    def run(self) -> None:
        wall = self._host.clock.wall
        previous = self._data_dir.previous_end
        if previous not in ("", "clean"):
            _log.warning("the last run in %s ended as: %s", self._data_dir.path, previous)
        self._data_dir.set_status("running", wall())
        self._web.serve(self._ring.path, self._ring.inode)
        end = ("failed", "")
        try:
            while not self._signals.stop:
                pause = self._schedule.wait(self._host.clock.monotonic_ns())
                if pause > 0:
                    self._wait(pause)
                else:
                    self._tick()
            end = ("clean", self._signals.stop)
            _log.info("%s: the daemon ends after %d ticks", self._signals.stop, self._schedule.made)
        finally:
            notify("STOPPING=1")
            self._web.stop()
            self._ring.close()
            self._data_dir.set_status(end[0], wall(), end[1])

    def _wait(self, seconds: float) -> None:
        """Until the time is over, a signal comes, or the web process has something to say."""
        poll = select.poll()
        poll.register(self._signals.wake, select.POLLIN)
        channel = self._web.channel
        if channel is not None:
            poll.register(channel, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(seconds * 1000)}
        if self._signals.wake.fileno() in ready:
            with suppress(BlockingIOError):
                self._signals.wake.recv(4096)
        if channel is not None and channel.fileno() in ready:
            self._web.receive()

    def _tick(self) -> None:
        missed = self._schedule.begin(self._host.clock.monotonic_ns())
        if missed:
            _log.warning("%d ticks were missed", missed)
        snapshot = self._collection.host_snapshot()
        episodes = self._rules.evaluate() if self._rules.add(snapshot) else None
        snapshot = self._collection.with_groups(snapshot)
        self._record(replace(snapshot, samples=(*snapshot.samples, *self._own())), episodes)
        self._web.beat(snapshot.at, self._troubles())
        self._web.revive(snapshot.at, self._ring.path, self._ring.inode)
        notify("READY=1" if self._schedule.made == 1 else "WATCHDOG=1")

    def _record(self, snapshot: Snapshot, episodes: tuple[Episode, ...] | None) -> None:
        layout, values = layout_of(snapshot.samples), values_of(snapshot.samples)
        self._ring.append(Frame(snapshot.at, snapshot.wall, layout, values, episodes))

    def _troubles(self) -> list[str]:
        """Why we are not ready."""
        troubles = [f"the ring cannot be written: {self._ring.trouble}"] if self._ring.trouble else []
        return troubles + ([] if self._collection.sighted else ["no process can be seen"])

    def _own(self) -> list[Sample]:
        """What perfdiag itself costs and how it fares."""
        ring, rules, schedule = self._ring, self._rules, self._schedule
        samples = [
            counter("self.cpu", own_cpu(), ("process", "collector"), unit=Unit.SECONDS),
            counter("ticks", schedule.made),
            counter("ticks.missed", schedule.missed),
            gauge("tick.lag", schedule.lag, unit=Unit.SECONDS),
            gauge("ring.size", ring.size(), unit=Unit.BYTES),
            gauge("ring.waiting.ticks", ring.waiting),
            counter("ring.lost.ticks", ring.lost),
            counter("ring.damaged.files", ring.damaged),
            counter("web.restarts", self._web.restarts),
            gauge("rules", len(rules.kinds) - len(rules.not_evaluated), ("state", "evaluated")),
            gauge("rules", len(rules.not_evaluated), ("state", "not_evaluated")),
            gauge("last.run", 1, ("end", self._data_dir.previous_end or "none")),
        ]
        with suppress(Missing):
            pages = int(Host().proc("self/statm").split()[1])
            resident = pages * os.sysconf("SC_PAGE_SIZE")
            samples.append(gauge("self.resident.memory", resident, ("process", "collector"), unit=Unit.BYTES))
        return samples
