"""Waits for reads of this file, and for what concerns names: opening, listing, asking for a file's state.

Time inside the call counts, also where the device answers so fast that the thread is seen running in it.
Reads that the kernel's cache answers do not wait: their time is the kernel's.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge import claim_of, name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_io import evidence_of, limited_by
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.10, 0.30, 0.7, "reading what is not in memory yet now and then costs less than a tenth"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("time.disk"):
        share = human(signal.estimate.value, Unit.RATIO)
        path = object_name(signal.object, "its files")
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="disk.read",
            claim=claim_of(signal, signals),
            summary=f"{name_of(signal.where)} waits for reads of {path} for {share} of the busy time.",
            next_step=f"perf trace -s -p {pid_of(signal)} -e read,pread64,openat,newfstatat -- sleep 5",
            chain=limited_by(signals, "read"),
            evidence=evidence_of(signals, "read"),
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="disk.read",
    resource="disk",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
