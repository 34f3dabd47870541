"""Waits for writes to this file: direct ones, or those held back because too much is unwritten already.

Time inside the call counts, also where the device answers so fast that the thread is seen running in it.
Writes that go to the kernel's cache do not wait: their time is the kernel's.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge import claim_of, name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_io import evidence_of, limited_by
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(0.10, 0.30, 0.7, "what is written at leisure by the kernel costs less than a tenth")


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("time.write"):
        share = human(signal.estimate.value, Unit.RATIO)
        path = object_name(signal.object, "its files")
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="disk.write",
            claim=claim_of(signal, signals),
            summary=f"{name_of(signal.where)} waits for writes to {path} for {share} of the busy time.",
            next_step=f"perf trace -s -p {pid_of(signal)} -e write,pwrite64,writev -- sleep 5",
            chain=limited_by(signals, "write"),
            evidence=evidence_of(signals, "write"),
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="disk.write",
    resource="disk",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
