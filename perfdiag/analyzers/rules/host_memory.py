"""Memory is short: tasks wait for the kernel to find some, or are killed because it found none.

Judged by the share of time in which some task waited for memory (pressure), or the share of looks with direct
reclaim or swapping in; and by kills. How much memory is used says nothing: the rest of it is a cache.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge_level import against, evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.07, "Android's lmkd begins to act at 70 ms of partial stall in a second"),
    limit("share_warning", 0.2, "one second in five is lost to somebody: latencies show it"),
    limit("share_critical", 0.6, "systemd-oomd kills a group at 60 % by default"),
    limit("kills_notice", 0.0005, "one kill in several minutes, by the lower bound", Unit.PER_SECOND),
    limit("kills_warning", 0.002, "one kill in a minute, by the lower bound: an outage", Unit.PER_SECOND),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for draft in (_kills(signals, limits), _stalls(signals, limits)):
        if draft:
            yield draft


def _kills(signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    kills = signals.first("use.memory.errors")
    if kills is None:
        return None
    number = kills.estimate.n
    return level_draft(
        kills,
        limits,
        kind="host.memory",
        prefix="kills",
        pattern="killed",
        summary=f"The kernel killed {number} process{'es' if number != 1 else ''} for lack of memory.",
        next_step="journalctl -k --grep 'Killed process'  # whom, and how large it was",
        evidence=[evidence("processes killed for lack of memory", kills, "/proc/vmstat, oom_kill")],
    )


def _stalls(signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    waits = signals.first("use.memory.saturation")
    if waits is None:
        return None
    pressure = waits.label("measure") == "pressure"
    source = "/proc/pressure/memory" if pressure else "/proc/vmstat, pgscan_direct and pswpin"
    facts = [evidence("time in which some task waited for memory", waits, source)]
    for name, words, file in (
        ("use.memory.utilization", "memory not available", "/proc/meminfo"),
        ("use.swap.utilization", "swap used", "/proc/meminfo"),
        ("memory.refaults", "pages that had to come back", "/proc/vmstat, workingset_refault"),
    ):
        if (signal := signals.first(name)) is not None:
            facts.append(evidence(words, signal, file))
    return level_draft(
        waits,
        limits,
        kind="host.memory",
        prefix="share",
        summary=f"Some task waits for memory {human(waits.estimate.value, Unit.RATIO)} of the time:"
        " the kernel reclaims or swaps instead of working.",
        next_step="ps -eo pid,rss,comm --sort -rss  # who holds the memory",
        evidence=facts,
        against=against("cpu.runqueue", signals.first("use.cpu.saturation"), "tasks wait for a CPU"),
    )


SPEC = Rule(
    kind="host.memory",
    resource="memory",
    aspect="saturation",
    help=__doc__ or "",
    needs=("use.memory.saturation",),
    limits=LIMITS,
    explains=("disk.read", "disk.saturated", "host.disk"),
    diagnose=diagnose,
)
