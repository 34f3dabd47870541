"""The records of a triage (frozen, keyword-only; collections are tuples). perfdiag.triage/1 is their JSON."""

from dataclasses import dataclass
from enum import StrEnum

from perfdiag.diagnosis import Evidence, NotEvaluated, Severity
from perfdiag.model import Estimate, Fault


class State(StrEnum):
    """How a resource fared during the round. `unsure`: over its limit by what was seen, which may be chance;
    `busy`: used to the full."""

    SATURATED = "saturated"
    ERRORS = "errors"
    UNSURE = "unsure"
    BUSY = "busy"
    OK = "ok"
    UNKNOWN = "unknown"


class Figure(StrEnum):
    """What is known of a process; the names are those of the JSON."""

    CPU = "cpu"  # CPUs in use, mean
    WAIT = "wait"  # share of the time that its main thread was ready and waited for a CPU
    RESIDENT = "resident"  # bytes, at the end
    GROWTH = "growth"  # of that, bytes a second
    SWAPPED = "swapped"  # bytes
    MAJOR_FAULTS = "major_faults"  # for which a disk was read, a second
    BLOCKED = "blocked"  # share of the looks in which its main thread waited for a device (state D)
    READ = "read"  # bytes a second from devices
    WRITTEN = "written"  # bytes a second to devices
    DESCRIPTORS = "descriptors"
    SOCKETS = "sockets"  # of TCP
    QUEUED = "queued"  # bytes and connections that wait in them


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One process between the first look and the last; what could not be seen is absent from `figures`."""

    pid: int
    name: str
    group: str  # its systemd unit, its container, or its name
    cgroup: str
    uid: int | None
    threads: int
    kernel: bool  # a thread of the kernel
    gone: bool  # it has ended
    figures: tuple[tuple[Figure, Estimate], ...]

    def figure(self, name: Figure) -> Estimate | None:
        return next((estimate for known, estimate in self.figures if known is name), None)

    @property
    def profilable(self) -> bool:
        return not (self.kernel or self.gone)

    def value(self, name: Figure) -> float:
        """0 where it is not known: for ranks, not for reports."""
        found = self.figure(name)
        return 0.0 if found is None else found.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Culprit:
    """A process behind the state of a resource, by `figure`; `share`: of what all processes have of it."""

    pid: int
    name: str
    group: str
    figure: Figure
    estimate: Estimate
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A row of the USE table and what it means. `kind`: the finding that judged it."""

    name: str
    utilization: Estimate | None
    saturation: Estimate | None
    errors: Estimate | None
    note: str
    state: State
    severity: Severity | None = None  # of what is saturated or fails
    kind: str = ""
    summary: str = ""
    advice: str = ""
    evidence: tuple[Evidence, ...] = ()
    culprits: tuple[Culprit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A command that is ready to paste, and why."""

    command: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """How the round was made; `started` is wall time, `cpu` what it cost in CPU seconds."""

    run_id: str
    version: str
    hostname: str
    kernel: str
    cpus: int
    started: float
    window: tuple[float, float]
    looks: int
    processes: int
    cpu: float
    ended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Everything that a format needs; `resources` with what is worst first, `processes` the busiest first."""

    about: About
    verdict: str  # 'saturated', 'unsure', 'healthy'; 'inconclusive': too few looks
    brief: tuple[str, ...]  # three sentences
    resources: tuple[Resource, ...]
    processes: tuple[Activity, ...]
    next: tuple[NextStep, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    unseen: tuple[str, ...]
    faults: tuple[Fault, ...]
