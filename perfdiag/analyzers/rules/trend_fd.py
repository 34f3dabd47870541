"""Descriptors will run out at this time: their number grows steadily towards the limit of the process.

Judged by the hour: 1 h / time until the limit, from the lower bound of the growth.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge import pid_of
from perfdiag.judge_level import amount_label, evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.5, "within two hours: time to find who opens them before calls fail"),
    limit("share_warning", 0.75, "within an hour and a third: act now, not after the next meeting"),
    limit("share_critical", 0.95, "within an hour, and the trend is known well enough to say so"),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for growth in signals.all("fd.growth"):
        rate, left = amount_label(growth, "rate"), amount_label(growth, "left")
        draft = level_draft(
            growth,
            limits,
            kind="trend.fd",
            prefix="share",
            model="exhaustion",
            confidence=amount_label(growth, "sure"),
            summary=f"Descriptors run out in {human(left / 60, Unit.COUNT)} minutes: their number grows by"
            f" {human(rate, Unit.PER_SECOND)}.",
            next_step=f"ls -l /proc/{pid_of(growth)}/fd  # twice: what is new",
            evidence=[evidence("an hour of the time until the limit", growth, "/proc/PID/fd and limits")],
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="trend.fd",
    resource="fd",
    aspect="saturation",
    help=__doc__ or "",
    needs=("fd.growth",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
