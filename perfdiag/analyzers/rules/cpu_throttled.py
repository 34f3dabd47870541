"""The CPU quota of a cgroup stops the program: its threads are ready and may not run.

Ticks in which the group's throttled time grew end a stop; what a thread waited before such a tick is
throttling, what it waited after it is the run queue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Claim, Draft, Evidence
from perfdiag.judge import share_limits, time_draft
from perfdiag.model import Object, ObjectType, TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.05, 0.20, 0.5, "a stop of 5 ms in each period of 100 ms is where tail latency begins to show"
)


def _group(signals: Signals) -> Object | None:
    """The group that was stopped in most of its periods."""
    stopped = signals.all("use.cgroup.cpu.saturation")
    if not stopped:
        return None
    worst = max(stopped, key=lambda signal: signal.estimate.value)
    return Object(id=-1, type=ObjectType.CGROUP, name=worst.label("cgroup"))


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.throttled")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    quota = signals.first("cpu.quota")
    allowed = f" to {quota.estimate.value:g} CPUs" if quota else ""
    draft = time_draft(
        replace(signal, object=_group(signals)),
        signals,
        limits,
        kind="cpu.throttled",
        claim=Claim(times=frozenset({TimeClass.THROTTLED})),
        summary=f"The CPU quota{allowed} stops the program for {share} of its busy time.",
        next_step="raise cpu.max (cgroup v2) or cpu.cfs_quota_us (v1) for this group, or run fewer threads",
        model="capacity",
        evidence=[
            Evidence(
                name="periods in which the group was stopped",
                value=periods.estimate.value,
                unit=Unit.RATIO,
                low=periods.estimate.low,
                high=periods.estimate.high,
                source="cpu.stat: nr_throttled / nr_periods",
            )
            for periods in signals.all("use.cgroup.cpu.saturation")
        ],
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="cpu.throttled",
    resource="cgroup",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=("cpu.runqueue", "cpu.gil", "cpu.hot-code", "lock.contention"),
    diagnose=diagnose,
)
