"""Memory will run out at this time: of the host, or of a control group with a limit, whoever uses it.

Judged by the hour: 1 h / time until none is left, from the lower bound of the growth.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge_level import amount_label, evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.5, "within two hours: time to look who it is before it is urgent"),
    limit("share_warning", 0.75, "within an hour and a third: act now, not after the next meeting"),
    limit("share_critical", 0.95, "within an hour, and the trend is known well enough to say so"),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    own = [amount_label(one, "rate") for one in signals.all("memory.growth")]
    for growth in signals.all("memory.left"):
        rate, left = amount_label(growth, "rate"), amount_label(growth, "left")
        cgroup = growth.label("cgroup")
        if not cgroup and own and sum(own) < rate / 2:
            continue  # processes were asked for, and it is others that take the memory of the host
        of = f"The control group {cgroup}" if cgroup else "The host"
        draft = level_draft(
            growth,
            limits,
            kind="trend.memory",
            prefix="share",
            model="exhaustion",
            confidence=amount_label(growth, "sure"),
            summary=f"{of} has no memory left in {human(left / 60, Unit.COUNT)} minutes: its use grows by"
            f" {human(rate, Unit.BYTES_PER_SECOND)}.",
            next_step="ps -eo pid,rss,comm --sort -rss  # twice: who grows",
            evidence=[
                evidence(
                    "an hour of the time until none is left",
                    growth,
                    "memory.stat and limit" if cgroup else "/proc/meminfo, MemAvailable",
                )
            ],
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="trend.memory",
    resource="memory",
    aspect="saturation",
    help=__doc__ or "",
    needs=("memory.left",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
