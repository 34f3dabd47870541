"""More threads want a CPU than the host has CPUs.

Judged by the share of time in which some task waited for a CPU (pressure), or the share of looks with more
ready threads than CPUs, and only while the CPUs are nearly full: short waits of an idle host are the
scheduler's turns.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge_level import against, evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit(
        "share_notice",
        0.3,
        "two busy programs that share CPUs fairly make some task wait for a quarter of the time",
    ),
    limit("share_warning", 0.6, "some task waits more often than not: every request is delayed"),
    limit("share_critical", 0.9, "there is always one that waits: the backlog does not go away by itself"),
    limit(
        "utilization",
        0.8,
        "below it there are free CPUs, and a wait is a matter of placement, not of capacity",
    ),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    waits, used = signals.first("use.cpu.saturation"), signals.first("use.cpu.utilization")
    if waits is None or (used is not None and used.estimate.low < limits["utilization"]):
        return
    source = "/proc/pressure/cpu" if waits.label("measure") == "pressure" else "/proc/stat, procs_running"
    facts = [evidence("time in which some task waited for a CPU", waits, source)]
    if used is not None:
        facts.append(evidence("CPU time not idle", used, "/proc/stat"))
    if (ready := signals.first("cpu.runnable")) is not None:
        facts.append(evidence("ready threads for each CPU, mean", ready, "/proc/stat, procs_running"))
    share = human(waits.estimate.value, Unit.RATIO)
    draft = level_draft(
        waits,
        limits,
        kind="host.runqueue",
        prefix="share",
        summary=f"The CPUs are full, and some task is ready but has none for {share} of the time.",
        next_step="pidstat -u 1 5  # who computes",
        evidence=facts,
        against=against("disk.saturated", signals.first("use.io.saturation"), "tasks wait for devices"),
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="host.runqueue",
    resource="cpu",
    aspect="saturation",
    help=__doc__ or "",
    needs=("use.cpu.saturation",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
