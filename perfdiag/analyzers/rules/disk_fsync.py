"""Waits for durability of this file: fsync, fdatasync, msync or sync_file_range.

Time inside the call counts, also where the device answers so fast that the thread is seen running in it.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.10, 0.30, 0.7, "a program that makes its data durable now and then waits less than a tenth for it"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.fsync")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    path = object_name(signal.object, "its files")
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="disk.fsync",
        claim=Claim(times=frozenset({TimeClass.FSYNC})),
        summary=f"{name_of(signal.where)} waits for {path} to be durable for {share} of the busy time.",
        next_step=f"perf trace -s -p {pid_of(signal)} -e fsync,fdatasync -- sleep 5  # calls per second",
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="disk.fsync",
    resource="disk",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=("disk.write",),
    diagnose=diagnose,
)
