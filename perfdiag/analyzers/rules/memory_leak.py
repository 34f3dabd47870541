"""Memory that grows without bound: steadily, through the whole look, without falling back or flattening.

Judged by the hour: 1 h / time until the host or the control group has no more, from the lower bound of the
growth. A cache that fills up looks the same until it is full: look again later, or longer. What grows ever
more slowly is undecided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perfdiag.diagnosis import Draft, Evidence, Severity, Signal
from perfdiag.judge import name_of, pid_of
from perfdiag.judge_level import amount_label, evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.04, "gone within a day: it does not live until the next release"),
    limit("share_warning", 0.25, "gone within four hours: within a shift, or a night without anybody"),
    limit("share_critical", 0.9, "gone within about an hour: what grows has to be restarted first"),
    limit("straight", 0.65, "of the growth in the first half; what slows down more may be about to end"),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for growth in signals.all("memory.growth"):
        pid = pid_of(growth)
        rate, left = amount_label(growth, "rate"), amount_label(growth, "left")
        draft = level_draft(
            growth,
            limits,
            kind="memory.leak",
            prefix="share",
            model="exhaustion",
            confidence=amount_label(growth, "sure"),
            summary=f"Memory grows by {human(rate, Unit.BYTES_PER_SECOND)} and does not fall back, most of it"
            f" in {name_of(growth.where)}: none is left in {human(left / 60, Unit.COUNT)} minutes.",
            next_step=f"memray attach {pid}  # or, if it is not Python, heaptrack -p {pid}: who holds memory",
            evidence=[
                evidence(
                    "an hour of the time until it is used up", growth, "/proc/PID/status, RssAnon and VmSwap"
                ),
                Evidence(
                    name="growth", value=rate, unit=Unit.BYTES_PER_SECOND, source="/proc/PID/status, RssAnon"
                ),
            ],
        )
        if draft and growth.label("bent") and amount_label(growth, "bent") < limits["straight"]:
            seconds = human(2 * _length(growth), Unit.SECONDS)
            words = f" It grows ever more slowly: look for {seconds} to see whether it ends."
            yield replace(draft, severity=Severity.INFO, summary=draft.summary + words)
        elif draft:
            yield draft


def _length(growth: Signal) -> float:
    """Seconds for which it was looked at."""
    start, end = growth.estimate.window or (0.0, 0.0)
    return end - start


SPEC = Rule(
    kind="memory.leak",
    resource="memory",
    aspect="saturation",
    help=__doc__ or "",
    needs=("memory.growth",),
    limits=LIMITS,
    explains=("trend.memory",),
    diagnose=diagnose,
)
