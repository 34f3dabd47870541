"""In connect(): the peer, or what lies before it, takes long to accept a connection.

A blocking connect counts, and a poll until a socket that has asked for a connection has it.
"""

from collections.abc import Iterable, Mapping
from shlex import quote

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, object_name, share_limits, time_draft
from perfdiag.model import Object, ObjectType, TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.10, 0.30, 0.7, "a program that connects anew now and then waits less than a tenth for it"
)


def _look_at(item: Object | None) -> str:
    if item is None or item.type is not ObjectType.TCP:
        return "ss -tn state syn-sent  # connections that are not answered"
    return f"ss -tn state syn-sent dst {quote(item.name)}; nstat TcpRetransSegs TcpExtListenDrops"


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.connect")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    peer = object_name(signal.object, "its peers")
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="net.connect",
        claim=Claim(times=frozenset({TimeClass.CONNECT})),
        summary=f"{name_of(signal.where)} waits to be connected to {peer} for {share} of the busy time.",
        next_step=_look_at(signal.object),
        chain=[f"at the other end: {signal.object.peer}"] if signal.object and signal.object.peer else [],
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="net.connect",
    resource="network",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
