"""What a look was too short to decide, and how much longer one would have to be.

A share whose interval holds its limit is undecided: the interval narrows with the root of the time, which
tells when its bound will have passed the limit. A report of which nothing is certain, but of which something
may well be an illness, is inconclusive, as is one for which too few looks were made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from perfdiag.attribution.waits import in_asyncio
from perfdiag.diagnosis import Finding, NotEvaluated, Severity
from perfdiag.model import Meta
from perfdiag.plugins import Rule, Signals
from perfdiag.recording import Recording
from perfdiag.stats.means import FEW_VALUES

_RANKED = 0.6  # of the planned ticks: below it nothing is ranked
_LEAST_TICKS = 100  # a plan for fewer says nothing about a program, however well it was kept
_LONGEST = 600.0  # seconds: what is not decided by then lies at its limit
_DEFAULT = 10.0  # seconds of a look for which nothing was asked
SHORT = "a longer look: its readings, one a second, are too few for an interval"

_READ_FROM = (3, 14)  # CPython
_OF_TASKS = ("lock.contention", "net.peer-wait", "net.send-wait", "pool.exhausted", "queue.backlog")
TASKS = "in asyncio tasks, whose waits can be read from CPython 3.14 on: their loop looks idle meanwhile"


def too_short(rule: Rule, signals: Signals) -> bool:
    """Whether a signal that the rule needs is a mean of too few readings for anything to be judged by it."""
    return any(_few(need, signals) for need in rule.needs)


def _few(need: str, signals: Signals) -> bool:
    read = [one.estimate for name in need.split(" or ") for one in signals.all(name)]
    return bool(read) and all(0 < one.n < FEW_VALUES and one.caveats for one in read)


def unread_tasks(recording: Recording, findings: Iterable[Finding]) -> Iterator[NotEvaluated]:
    """The kinds of waits that tasks of asyncio may be in, where there is a loop whose tasks were not read."""
    if any(thread.loop for thread in recording.threads) or any(
        _reads_tasks(process.runtime) for process in recording.processes
    ):
        return
    found = {finding.kind for finding in findings}
    if any(in_asyncio(stack.frames) for stack in recording.stacks):
        yield from (NotEvaluated(kind=kind, missing=TASKS) for kind in _OF_TASKS if kind not in found)


def _reads_tasks(runtime: str) -> bool:
    """'CPython 3.14.0'"""
    version = runtime.rpartition(" ")[2].split(".")[:2]
    return all(part.isdigit() for part in version) and tuple(map(int, version)) >= _READ_FROM


def enough(meta: Meta) -> bool:
    """Whether looks enough were made for anything to be ranked."""
    return meta.cost.made >= _RANKED * max(_LEAST_TICKS, meta.cost.planned)


def more_ticks(meta: Meta) -> float:
    """Seconds until looks enough would have been made, at the rate at which they were made; of a host that is
    too busy for that, for as long again as a look takes by default."""
    planned, made = meta.cost.planned, meta.cost.made
    if planned >= _LEAST_TICKS or not made:
        return _DEFAULT
    return min(_LONGEST, (_LEAST_TICKS - made) * meta.duration / made)


def more_time(finding: Finding) -> float:
    """Seconds of looking until the bound of an undecided share passes its limit, if it stays what it is; 0
    for what is decided, or never will be."""
    limit = dict(finding.thresholds).get("share_notice")
    value, low = finding.impact.value, finding.impact.low
    if finding.verdict == "fired" or not finding.of_time or limit is None or value <= limit:
        return 0.0
    seconds = finding.window[1] - finding.window[0]
    more = seconds * (((value - low) / (value - limit)) ** 2 - 1)
    return round(max(1.0, more), 1) if more <= _LONGEST else 0.0


def may_be_ill(finding: Finding) -> bool:
    """Whether an undecided share would be worth a warning if it stayed what it is."""
    limit = dict(finding.thresholds).get("share_warning", 1.0)
    return finding.verdict != "fired" and finding.of_time and finding.impact.value >= limit


def verdict(findings: Iterable[Finding]) -> str:
    """Of a report for which looks enough were made."""
    findings = tuple(findings)
    if any(finding.severity >= Severity.NOTICE for finding in findings):
        return "findings"
    return "inconclusive" if any(map(may_be_ill, findings)) else "healthy"


def unranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Too few looks were made: what was seen is told, nothing is claimed."""
    return tuple(
        replace(finding, verdict="inconclusive", severity=Severity.INFO, confidence=0.0, needs=0.0)
        for finding in findings
    )


def needed(findings: Iterable[Finding], meta: Meta) -> float:
    """Seconds more that an inconclusive report needs; 0 where a longer look would not decide it either."""
    if not enough(meta):
        return round(max(1.0, more_ticks(meta)), 1)
    return max((finding.needs for finding in findings if may_be_ill(finding)), default=0.0)
