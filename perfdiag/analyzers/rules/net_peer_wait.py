"""Waits for this peer's answer: threads are blocked in a receive, or a poll for it, on a connection to it.

A wait for the next request on a connection that the program accepted is idle time and not counted.
"""

from collections.abc import Iterable, Mapping
from shlex import quote

from perfdiag.diagnosis import Draft
from perfdiag.judge import claim_of, name_of, object_name, share_limits, time_draft
from perfdiag.judge_peers import chain_of, evidence_of, next_of
from perfdiag.model import UNCONNECTED, Object, ObjectType
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(0.10, 0.30, 0.8, "a service that talks to others always waits for them a little")

_UNKNOWN = "the kernel does not keep whom such a socket asks: if it is a name server, this is net.dns"


def _look_at(item: Object | None) -> str:
    if item is None:
        return "ss -tnp  # which connections are open"
    if item.peer_pid:
        return f"perfdiag profile -p {item.peer_pid} -d 10  # the peer, on this host"
    if item.name == UNCONNECTED:
        return "tcpdump -ni any -c 50 udp  # whom it asks, which the kernel does not keep; port 53: for names"
    if item.type is ObjectType.UNIX:
        return "ss -xp  # who has the other ends"
    return f"ss -tni dst {quote(item.name)}  # round-trip time and retransmits to the peer"


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("time.network"):
        item = signal.object
        share = human(signal.estimate.value, Unit.RATIO)
        peer = object_name(item, "its peers")
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="net.peer-wait",
            claim=claim_of(signal, signals),
            summary=f"{name_of(signal.where)} waits for {peer} for {share} of the busy time.",
            next_step=next_of(signals, item) or _look_at(item),
            chain=[_UNKNOWN] if item and item.name == UNCONNECTED else chain_of(signals, item),
            evidence=evidence_of(signals, item),
        )
        if draft:
            yield draft


SPEC = Rule(
    kind="net.peer-wait",
    resource="network",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
