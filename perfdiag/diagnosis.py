"""The records of what is concluded: analyze -> Signal -> rules -> Draft -> ledger -> Finding -> Report.

Frozen, keyword-only; collections are tuples. The JSON form of `Report` is perfdiag.report/1
(`perfdiag schema report`): within /1 it only grows.
"""

from dataclasses import dataclass
from enum import IntEnum

from perfdiag.model import Estimate, Fault, Labels, Meta, Object, Place, Stack, TimeClass
from perfdiag.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A named fact about a subject; what rules read. `subject` is 'host', 'process:PID', or all processes of
    the recording: 'tree:PID' or 'set:PID,PID'."""

    name: str
    subject: str
    estimate: Estimate
    labels: Labels = ()
    where: Place | None = None
    object: Object | None = None
    other: Place | None = None  # second place, for edges (who holds while this one waits)

    def label(self, name: str) -> str:
        return next((value for key, value in self.labels if key == name), "")


class Severity(IntEnum):
    INFO = 0
    NOTICE = 1
    WARNING = 2
    CRITICAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    name: str
    value: float
    unit: Unit
    source: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """An alternative that was considered, and the measured number that rejects it."""

    kind: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Evidence that is not one number: rows of texts and numbers (ratios, seconds) under named columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Which busy time a finding explains: slices of these classes, and, where given, on one of these
    objects (names), on none of the `others`, below one of these functions ('file:function'), in this group of
    threads; or anything of these classes in one of the `or_groups`."""

    times: frozenset[TimeClass]
    objects: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    group: str = ""
    or_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a rule says; the ledger adds what the slices say (impact, gain, rank)."""

    kind: str
    subject: str
    summary: str
    estimate: Estimate  # the measured share or level that the rule judged
    claim: Claim | None  # None: a kind that claims no time (trends, host findings)
    severity: Severity
    score: float
    pattern: str = ""
    # 'time', 'capacity' (the remedy is more of the resource), 'exhaustion' (1 h / time until nothing is left)
    # or 'level' (what is taken of what there may be)
    model: str = "time"
    where: Place | None = None
    object: Object | None = None
    victims: tuple[Place, ...] = ()
    chain: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tables: tuple[Table, ...] = ()
    against: tuple[Against, ...] = ()
    next: str = ""
    advice: tuple[str, str] = ("", "")  # what to do, before and after what is true of the kind
    thresholds: tuple[tuple[str, float], ...] = ()
    confidence: float = 1.0  # of what claims no time: how sure what was measured makes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause, as the report states it (docs/agent-performance/findings.md; `perfdiag schema report`)."""

    kind: str
    resource: str
    aspect: str
    pattern: str
    fingerprint: str
    verdict: str  # fired, inconclusive
    severity: Severity
    score: int
    subject: str
    window: tuple[float, float]
    impact: Estimate
    gain: Estimate
    gain_model: str
    confidence: float
    where: Place | None
    victims: tuple[Place, ...]
    object: Object | None
    chain: tuple[str, ...]
    summary: str
    why: str
    advice: str
    evidence: tuple[Evidence, ...]
    symptoms: tuple[str, ...]
    against: tuple[Against, ...]
    next: str
    thresholds: tuple[tuple[str, float], ...]
    measured: str
    subject_name: str = ""  # the command of the process
    processes: int = 1  # of the subject
    tables: tuple[Table, ...] = ()
    needs: float = 0.0  # seconds of looking more that would decide it, where it is inconclusive

    @property
    def of_time(self) -> bool:
        """Whether impact and gain are parts of the busy thread time."""
        return self.gain_model in ("time", "capacity")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEvaluated:
    kind: str
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group of threads: how much of the wall time of those that ever work they are busy (a ratio)."""

    name: str
    threads: int
    occupancy: Estimate
    pressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownRow:
    """Where busy thread time goes: one class on one object from one place of one thread group."""

    group: str
    time: TimeClass
    share: Estimate
    where: Place | None
    object: Object | None
    pressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionRow:
    """A hot function in a group of threads: its part of the CPU time of all groups, by itself and with all
    that it calls."""

    group: str
    threads: int  # of the group
    where: Place
    self_share: Estimate
    total_share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """One resource of the USE table; None where it was not measured."""

    resource: str
    utilization: Estimate | None
    saturation: Estimate | None
    errors: Estimate | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRow:
    """Threads of a group that train a model: the share of their wall time in each phase of a step, and
    steps a second by entries of the phase `counted`; None where they are too short to be counted."""

    group: str
    phases: tuple[tuple[str, Estimate], ...]
    steps: Estimate | None = None
    counted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Seconds of one class on one stack, idle ones too: what the formats that draw are made of."""

    time: TimeClass
    group: str
    stack: Stack
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastRow:
    """Busy thread seconds a second of two processes: in all ('total'), of a class of time, or of a function
    and what it calls in libraries. `change` is relative; `certain`: not by chance, among all rows."""

    kind: str  # total, class, function
    name: str
    base: float
    other: float
    difference: Estimate
    change: Estimate | None
    certain: bool
    where: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """How the second of two processes differs from the first, in the same window."""

    base: str
    other: str
    verdict: str  # worse, not worse, undecided
    because: str
    limit: float
    rows: tuple[ContrastRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What could not be told apart by half of a look, what was measured then for its sake, and what came of
    it."""

    question: str
    measurement: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything a format needs; findings are ranked by the lower bound of their gain."""

    meta: Meta
    window: tuple[float, float]
    verdict: str  # 'findings', 'healthy', 'inconclusive'
    brief: tuple[str, ...]  # three sentences: what, how much, what to do
    findings: tuple[Finding, ...]
    breakdown: tuple[BreakdownRow, ...]
    use: tuple[UseRow, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    faults: tuple[Fault, ...]
    profile: tuple[Weighted, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    functions: tuple[FunctionRow, ...] = ()
    contrast: Contrast | None = None
    needs: float = 0.0  # seconds of looking more, where the verdict is inconclusive
    followed_up: tuple[FollowUp, ...] = ()
    training: tuple[TrainingRow, ...] = ()
