"""Waits for room to send: the peer, or the link to it, drains more slowly than the program writes.

A thread is blocked in a send or a write to a socket, or polls for nothing but room in it. Of an asyncio loop
whose tasks were not read, the counters of its connections tell that the peer has had no room all the time.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import name_of, object_name, pid_of, share_limits, time_draft
from perfdiag.judge_level import evidence, level_draft, limit
from perfdiag.judge_peers import chain_of, evidence_of
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.10, 0.30, 0.7, "a large answer fills the buffers of its socket now and then"),
    limit("held_up_notice", 0.5, "of the time: what keeps up with what is sent has room more often than not"),
    limit("held_up_warning", 0.7, "the peer is the pace of the program"),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.send")
    if signal is None:
        yield from _loops(signals, limits)
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
        next_step=_next(signal),
        chain=chain_of(signals, item),
        evidence=evidence_of(signals, item),
    )
    if draft:
        yield draft


def _loops(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("tcp.held-up.loop"):
        share = human(min(1.0, signal.estimate.value), Unit.RATIO)
        draft = level_draft(
            signal,
            limits,
            kind="net.send-wait",
            prefix="held_up",
            summary=f"{object_name(signal.object, 'A peer')} has no room for what the event loop in"
            f" {name_of(signal.where)} sends for {share} of the time; the loop does next to nothing else.",
            next_step=_next(signal),
            evidence=[evidence("time in which the peer had no room", signal, "TCP_INFO: rwnd_limited")],
            model="level",
        )
        if draft:
            yield draft


def _next(signal: Signal) -> str:
    return f"ss -tnpi | grep -A1 'pid={pid_of(signal)},'  # Send-Q, rwnd_limited, cwnd, retrans"


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
