"""Waits for room to send: the peer, or the link to it, drains more slowly than the program writes.

A thread is blocked in a send or a write to a socket, or polls for nothing but room in it.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_peers import chain_of, evidence_of
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(0.10, 0.30, 0.7, "a large answer fills the buffers of its socket now and then")


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.send")
    if signal is None:
        return
    item = signal.object
    share = human(signal.estimate.value, Unit.RATIO)
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="net.send-wait",
        claim=Claim(times=frozenset({TimeClass.SEND})),
        summary=f"{name_of(signal.where)} waits for {object_name(item, 'its peers')} to take what it sends"
        f" for {share} of the busy time.",
        next_step=f"ss -tnpi | grep -A1 'pid={pid_of(signal)},'  # Send-Q, rwnd_limited, cwnd, retrans",
        chain=chain_of(signals, item),
        evidence=evidence_of(signals, item),
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="net.send-wait",
    resource="network",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
