"""Segments are sent again: what the program sends to this peer gets lost, and it waits for the answer longer.

Of the target's own TCP connections, from their counters; those of connections that are still being made
belong to net.connect. What the peer had to send again is not seen from this end. A wait for room to send that
the peer makes by taking little is no loss, though segments may be sent again meanwhile.
"""

from collections.abc import Iterable, Mapping
from shlex import quote

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import name_of, object_name, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import TimeClass
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(0.10, 0.30, 0.7, "who waits for a peer for less than a tenth loses little by it"),
    Limit(
        name="again",
        default=0.02,
        unit=Unit.RATIO,
        why="of the segments: each costs 200 ms or more where little is on the way, and halves what may be",
    ),
)
_ANSWERS = frozenset({TimeClass.NETWORK, TimeClass.SEND})


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("tcp.again.wait"):
        again = signals.first("tcp.again", peer=signal.label("peer"), pid=signal.label("pid"))
        if again is None or again.estimate.low < limits["again"]:
            continue
        peer = object_name(signal.object, "its peers")
        share, part = human(signal.estimate.value, Unit.RATIO), human(again.estimate.value, Unit.RATIO)
        host = signals.first("use.tcp.saturation")
        draft = time_draft(
            signal,
            signals,
            limits,
            kind="net.retransmit",
            claim=Claim(times=_times(signal), objects=frozenset({signal.label("peer")})),
            summary=f"{part} of the segments to {peer} are sent again, and {name_of(signal.where)} waits for"
            f" it for {share} of the busy time.",
            next_step=f"ss -tni dst {quote(signal.label('peer'))}  # retrans, rto, lost, cwnd",
            evidence=[
                evidence("segments sent again", again, "TCP_INFO of the target's connections"),
                *(evidence("the same, of the whole host", one, "/proc/net/snmp") for one in (host,) if one),
            ],
        )
        if draft:
            yield draft


def _times(signal: Signal) -> frozenset[TimeClass]:
    """The classes of the waits that were counted."""
    return frozenset(time for time in _ANSWERS if time in signal.label("times").split()) or _ANSWERS


SPEC = Rule(
    kind="net.retransmit",
    resource="network",
    aspect="errors",
    help=__doc__ or "",
    needs=("time.busy", "sockets.seen"),
    limits=LIMITS,
    explains=("net.peer-wait", "net.send-wait"),
    diagnose=diagnose,
)
