"""Descriptors run out: nearly all that the limit allows are open, or the last will be soon.

At the limit every open, accept and connect fails with EMFILE, and a program that tries again does nothing
else. `where` is the code that opens them, as far as it was seen.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft, Evidence
from perfdiag.judge import name_of, pid_of
from perfdiag.judge_level import amount_label, evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit("share_notice", 0.8, "four of five are in use: a burst of connections takes the rest"),
    limit("share_warning", 0.9, "one in ten is left, and a program that leaks gets there in no time"),
    limit("share_critical", 0.97, "as good as none is left: calls fail, or are about to"),
    limit("soon", 600.0, "seconds: gone before anybody has read about it", Unit.SECONDS),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for used in signals.all("fd.used"):
        growth = next((one for one in signals.all("fd.growth") if one.subject == used.subject), None)
        soon = (
            growth is not None
            and growth.estimate.low > used.estimate.low
            and 0 < amount_label(growth, "left") <= limits["soon"]
        )
        part = human(used.estimate.value, Unit.RATIO)
        facts = [evidence("descriptors in use, of the limit", used, "/proc/PID/fd and limits")]
        when = ""
        if growth is not None and growth.estimate.low > 0:
            rate, left = amount_label(growth, "rate"), amount_label(growth, "left")
            when = f", and the last is taken in {human(left, Unit.SECONDS)}"
            facts.append(Evidence(name="growth", value=rate, unit=Unit.PER_SECOND, source="/proc/PID/fd"))
        draft = level_draft(
            used if not soon or growth is None else growth,
            limits,
            kind="fd.exhaustion",
            prefix="share",
            model="exhaustion" if soon else "level",
            pattern="growing" if when else "",
            confidence=amount_label(growth, "sure") if soon and growth else 1.0,
            summary=f"{part} of the descriptors are in use{when}; opened in {name_of(used.where)}.",
            next_step=f"ls -l /proc/{pid_of(used)}/fd  # what they are: sockets, files, pipes",
            evidence=facts,
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="fd.exhaustion",
    resource="fd",
    aspect="saturation",
    help=__doc__ or "",
    needs=("fd.used",),
    limits=LIMITS,
    explains=("trend.fd",),
    diagnose=diagnose,
)
