"""The network loses what it should carry: segments are sent again, packets dropped, connections turned away.

Judged by shares, so that a busy host may lose more than an idle one: of TCP segments, of the packets of each
interface. Loss comes in bursts, so a handful has to be lost, and the interval is narrower than it should be.
"""

from collections.abc import Iterable, Mapping
from shlex import quote

from perfdiag.diagnosis import Draft, Signal
from perfdiag.judge_level import evidence, level_draft, limit
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    limit(
        "share_notice", 0.01, "TCP's throughput falls with the root of the loss: 1 % is felt on any long way"
    ),
    limit("share_warning", 0.03, "a request of ten segments meets a loss in one of four cases"),
    limit("share_critical", 0.1, "connections stall for their retransmission timeout, 200 ms and more"),
    limit("lost", 5, "a handful: fewer are chance, whatever share they are of little traffic", Unit.COUNT),
    limit("drops_notice", 0.001, "an interface drops one packet in a thousand: a ring or a queue overflows"),
    limit("drops_warning", 0.01, "as much as TCP feels"),
    limit("listen_notice", 0.005, "connections are turned away now and then", Unit.PER_SECOND),
    limit("listen_warning", 1.0, "a client each second waits for its second try", Unit.PER_SECOND),
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    found = [_again(signals, limits), _listen(signals, limits)]
    found += [_dropped(signal, limits) for signal in signals.all("network.drops")]
    yield from (draft for draft in found if draft)


def _again(signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    share = signals.first("use.tcp.saturation")
    if share is None or not _enough(share, limits):
        return None
    return level_draft(
        share,
        limits,
        kind="host.network",
        prefix="share",
        pattern="retransmit",
        summary=f"{human(share.estimate.value, Unit.RATIO)} of the TCP segments are sent again.",
        next_step="ss -tin state established '( sport != :22 )'  # which connections: retrans, rtt",
        evidence=[evidence("segments sent again", share, "/proc/net/snmp, RetransSegs of OutSegs")],
    )


def _enough(share: Signal, limits: Mapping[str, float]) -> bool:
    return share.estimate.value * share.estimate.n >= limits["lost"]


def _dropped(share: Signal, limits: Mapping[str, float]) -> Draft | None:
    if not _enough(share, limits):
        return None
    name = share.label("interface") or "?"
    return level_draft(
        share,
        limits,
        kind="host.network",
        prefix="drops",
        pattern="drops",
        summary=f"The interface {name} drops {human(share.estimate.value, Unit.RATIO)} of its packets.",
        next_step=f"ip -s -s link show {quote(name)}; ethtool -S {quote(name)}",
        evidence=[evidence(f"packets dropped, {name}", share, "/proc/net/dev")],
    )


def _listen(signals: Signals, limits: Mapping[str, float]) -> Draft | None:
    drops = signals.first("tcp.listen_drops")
    if drops is None:
        return None
    return level_draft(
        drops,
        limits,
        kind="host.network",
        prefix="listen",
        pattern="accept-queue",
        summary=f"{drops.estimate.n} connections were turned away: a server does not accept fast enough.",
        next_step="ss -lnt  # Recv-Q beside Send-Q: whose queue is full",
        evidence=[evidence("connections turned away", drops, "/proc/net/netstat, ListenDrops")],
    )


SPEC = Rule(
    kind="host.network",
    resource="network",
    aspect="errors",
    help=__doc__ or "",
    needs=("use.tcp.saturation",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
