"""Waits for a child process to end, or to write to its pipe.

What the child does in that time is the child's own finding: profile it, or the whole tree.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Draft
from perfdiag.judge import claim_of, name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_peers import chain_of, evidence_of
from perfdiag.model import ObjectType
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(0.10, 0.30, 0.7, "starting a helper now and then costs less than a tenth")


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("time.child"):
        item = signal.object
        share = human(signal.estimate.value, Unit.RATIO)
        over_pipe = item is not None and item.type is ObjectType.PIPE
        name = "worker processes" if over_pipe else object_name(item, "a child process")
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="child.wait",
            claim=claim_of(signal, signals),
            summary=f"{name_of(signal.where)} waits for {name} for {share} of the busy time.",
            next_step=f"perf trace -s -p {pid_of(signal)} -e clone,vfork,execve,wait4 -- sleep 5",
            victims=[signal.other] if signal.other and signal.other != signal.where else [],
            chain=chain_of(signals, item),
            evidence=evidence_of(signals, item),
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="child.wait",
    resource="child",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
