"""The host runs out of open files: at its limit every open, socket and pipe of every process fails.

The limit is that of the whole host (fs.file-max); that of one process is fd.exhaustion.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge_level import evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit(
        "share_notice", 0.7, "what grows this far on a limit made for the whole host is a leak or too tight"
    ),
    limit("share_warning", 0.9, "a restart of one service, which opens its files anew, may reach the limit"),
    limit("share_critical", 0.98, "the next burst of connections fails"),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    used = signals.first("use.files.utilization")
    if used is None:
        return
    draft = level_draft(
        used,
        limits,
        kind="host.files",
        prefix="share",
        summary=f"{human(used.estimate.value, Unit.RATIO)} of the files that the host may have open are.",
        next_step="sysctl fs.file-nr fs.file-max",
        evidence=[evidence("open files, of the limit", used, "/proc/sys/fs/file-nr")],
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="host.files",
    resource="fd",
    aspect="utilization",
    help=__doc__ or "",
    needs=("use.files.utilization",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
