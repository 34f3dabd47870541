"""A control group is at its limit: its CPU quota stops it, or its memory limit stalls or kills it.

The processes of the group are ready and may not run, or wait for memory, while the host has plenty. Each
group is judged by itself: by the share of the quota's periods in which it was stopped, the share of time in
which some of its tasks waited for memory, and the processes that were killed.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft, Signal
from perfdiag.judge_level import evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("stopped_notice", 0.1, "one period in ten: the tail of the latencies shows it"),
    limit("stopped_warning", 0.25, "every fourth request or so is stopped for up to a tenth of a second"),
    limit("stopped_critical", 0.9, "the group wants more than its quota nearly all of the time"),
    limit("share_notice", 0.07, "Android's lmkd begins to act at 70 ms of partial stall in a second"),
    limit("share_warning", 0.2, "one second in five is lost to somebody: latencies show it"),
    limit("share_critical", 0.6, "systemd-oomd kills a group at 60 % by default"),
    limit("kills_notice", 0.0005, "one kill in several minutes, by the lower bound", Unit.PER_SECOND),
    limit("kills_warning", 0.002, "one kill in a minute, by the lower bound: an outage", Unit.PER_SECOND),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    drafts = [_stopped(signal, signals, limits) for signal in signals.all("use.cgroup.cpu.saturation")]
    drafts += [_stalled(signal, signals, limits) for signal in signals.all("use.cgroup.memory.saturation")]
    drafts += [_killed(signal, limits) for signal in signals.all("use.cgroup.memory.errors")]
    yield from (draft for draft in drafts if draft)


def _stopped(stopped: Signal, signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    name = stopped.label("cgroup")
    facts = [evidence(f"periods in which it was stopped, {name}", stopped, "cpu.stat, nr_throttled")]
    if (used := signals.first("use.cgroup.cpu.utilization", cgroup=name)) is not None:
        facts.append(evidence("CPU used, of the quota", used, "cpu.stat or cpuacct.usage"))
    return level_draft(
        stopped,
        limits,
        kind="host.cgroup",
        prefix="stopped",
        pattern="throttled",
        summary=f"The CPU quota stops {name} in {human(stopped.estimate.value, Unit.RATIO)} of its periods.",
        next_step="systemd-cgtop --order=cpu  # which group uses what",
        evidence=facts,
    )


def _stalled(stalled: Signal, signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    name = stalled.label("cgroup")
    facts = [evidence(f"time in which some task waited for memory, {name}", stalled, "memory.pressure")]
    if (used := signals.first("use.cgroup.memory.utilization", cgroup=name)) is not None:
        facts.append(evidence("memory used, of the limit", used, "memory.current"))
    share = human(stalled.estimate.value, Unit.RATIO)
    return level_draft(
        stalled,
        limits,
        kind="host.cgroup",
        prefix="share",
        pattern="memory",
        summary=f"Some task of {name} waits for memory {share} of the time: the group is at its limit.",
        next_step="systemd-cgtop --order=memory  # which group uses what",
        evidence=facts,
    )


def _killed(kills: Signal, limits: Mapping[str, float]) -> Draft | None:
    name, number = kills.label("cgroup"), kills.estimate.n
    return level_draft(
        kills,
        limits,
        kind="host.cgroup",
        prefix="kills",
        pattern="killed",
        summary=f"The kernel killed {number} process{'es' if number != 1 else ''} of {name}, which was at its"
        " memory limit.",
        next_step="journalctl -k --grep 'Memory cgroup out of memory'",
        evidence=[evidence(f"processes killed for lack of memory, {name}", kills, "memory.events, oom_kill")],
    )


SPEC = Rule(
    kind="host.cgroup",
    resource="cgroup",
    aspect="saturation",
    help=__doc__ or "",
    needs=("use.cgroup.cpu.saturation or use.cgroup.memory.utilization",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
