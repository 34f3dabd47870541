"""Connections wait to be accepted: one thread serves each of them to its end before it takes the next.

The queue of a listening TCP socket is looked at five times a second. The finding claims the time in which the
only thread that accepts from it waits for something else while it serves; where several accept, or the
one computes, the queue is only what presses, and the finding is what they do. Unix sockets tell no length.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from shlex import quote

from perfdiag.diagnosis import Claim, Draft, Signal
from perfdiag.judge import name_of, share_limits, time_draft
from perfdiag.judge_level import evidence
from perfdiag.model import OWN_WAITS, Object, ObjectType
from perfdiag.plugins import Limit, Rule, Signals
from perfdiag.units import Unit, human

LIMITS = (
    *share_limits(
        0.10, 0.30, 0.7, "a server that waits for less than a tenth of its work accepts in between"
    ),
    Limit(
        name="waiting",
        default=0.5,
        unit=Unit.RATIO,
        why="of the looks, with a connection that waits: no burst lasts that long",
    ),
)
_SOURCE = "TCP_INFO of the listening socket"


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in signals.all("accept.serving"):
        address, pid = signal.label("address"), signal.label("pid")
        waiting = signals.first("accept.waiting", address=address, pid=pid)
        if waiting is None or waiting.estimate.low < limits["waiting"]:
            continue
        depth = signals.first("accept.depth", address=address, pid=pid)
        most = signals.first("accept.limit", address=address, pid=pid)
        share = human(signal.estimate.value, Unit.RATIO)
        _, _, port = address.rpartition(":")
        held = f", {depth.estimate.value:.1f} on average," if depth else ""
        draft = time_draft(
            _at(signal, address),
            signals,
            limits,
            kind="net.accept-queue",
            claim=Claim(times=OWN_WAITS, group=signal.label("group")),
            summary=f"Connections{held} wait to be accepted on {address} while {name_of(signal.where)} serves"
            f" one of them: it waits for {share} of the busy time.",
            next_step=f"ss -ltn {quote(f'sport = :{port}')}  # Recv-Q: those that wait",
            evidence=[
                evidence("looks in which connections waited", waiting, _SOURCE),
                *(evidence("connections that waited, mean", one, _SOURCE) for one in (depth,) if one),
                *(evidence("connections that may wait", one, _SOURCE) for one in (most,) if one),
            ],
        )
        if draft:
            yield draft


def _at(signal: Signal, address: str) -> Signal:
    return replace(signal, object=Object(id=-1, type=ObjectType.TCP, name=f"listen {address}"))


SPEC = Rule(
    kind="net.accept-queue",
    resource="network",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy", "sockets.seen"),
    limits=LIMITS,
    explains=(
        "child.wait",
        "disk.fsync",
        "disk.read",
        "disk.write",
        "lock.contention",
        "net.connect",
        "net.dns",
        "net.peer-wait",
        "net.send-wait",
        "pool.exhausted",
        "sleep",
    ),
    diagnose=diagnose,
)
