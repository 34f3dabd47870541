"""perfdiag's own analyzer and host rules over the daemon's window: an ill host, a well one, a cured one."""

import pytest

from perfdiag.analyzers import rules as rule_package
from perfdiag.analyzers import use
from perfdiag.daemon.host_rules import HostRules
from perfdiag.daemon.ring_tables import Episode
from perfdiag.diagnosis import Severity
from perfdiag.model import Kind, Labels, Meta, Sample, Snapshot
from perfdiag.plugins import Rule, discover
from perfdiag.units import Unit

META = Meta(
    run_id="r", version="0", started=0, hostname="h", kernel="k", cpus=2, target="host", duration=0, rate=1
)


class Machine:
    """Two CPUs; `live` moves its counters as a host does whose tasks wait for a CPU or for memory for this
    share of the time."""

    def __init__(self) -> None:
        self.at = self.busy = self.idle = 0.0
        self.stalls = {"cpu": 0.0, "memory": 0.0}
        self.rules = HostRules(META, use.SPEC, discover(rule_package, Rule))
        self.found: dict[str, Episode] = {}

    def live(self, seconds: int, *, cpu: float = 0.02, memory: float = 0.0) -> None:
        for _ in range(seconds):
            self.at += 1.0
            full = cpu > 0.5
            self.busy += 2.0 if full else 0.2
            self.idle += 0.0 if full else 1.8
            self.stalls["cpu"] += cpu
            self.stalls["memory"] += memory
            if self.rules.add(self._snapshot()):
                self.found = {episode.kind: episode for episode in self.rules.evaluate()}

    def _snapshot(self) -> Snapshot:
        samples = [
            _seconds("cpu.time", self.busy, ("mode", "user")),
            _seconds("cpu.time", self.idle, ("mode", "idle")),
        ]
        for resource, value in self.stalls.items():
            samples.append(_seconds("pressure.stall", value, ("resource", resource), ("kind", "some")))
        return Snapshot(at=self.at, wall=1e9 + self.at, samples=tuple(samples))


def _seconds(name: str, value: float, *labels: tuple[str, str]) -> Sample:
    pairs: Labels = labels
    return Sample(name=name, value=value, unit=Unit.SECONDS, kind=Kind.COUNTER, labels=pairs)


def test_a_host_at_ten_percent_is_well() -> None:
    machine = Machine()
    machine.live(120)
    assert {} == machine.found


@pytest.mark.parametrize(
    ("stalls", "kind", "severity"),
    [({"cpu": 0.95}, "host.runqueue", Severity.CRITICAL), ({"memory": 0.3}, "host.memory", Severity.WARNING)],
)
def test_a_host_that_stalls_is_ill_until_it_is_cured(
    stalls: dict[str, float], kind: str, severity: Severity
) -> None:
    machine = Machine()
    machine.live(65, **stalls)
    assert [kind] == list(machine.found)
    assert severity == machine.found[kind].severity
    machine.live(70)
    assert {} == machine.found
