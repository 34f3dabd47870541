"""Cases for the tests of patterns: a draft of which it is known how its time is made up."""

from perfdiag.case import Case, Part, Team
from perfdiag.diagnosis import Claim, Draft, Severity, Signal
from perfdiag.model import Estimate, Frame, Object, ObjectType, Origin, Stack, TimeClass
from perfdiag.plugins import Signals
from perfdiag.units import Unit

SECONDS = 10.0
PEER = Object(id=0, type=ObjectType.TCP, name="10.0.0.7:5432", service="postgresql")
STDLIB = "/usr/lib/python3.11"


def stack(*calls, line=88):
    """A line of the program, and the library functions that it calls: (file, function), the inner first."""
    library = [
        Frame(file=f"{STDLIB}/{file}", function=name, line=1, first_line=1, origin=Origin.STDLIB)
        for file, name in calls
    ]
    user = Frame(file="/srv/orders.py", function="load", line=line, first_line=80, origin=Origin.USER)
    return Stack(id=0, frames=(*library, user))


def part(seconds, turns, *, time=TimeClass.NETWORK, group="workers", on=None):
    return Part(time=time, group=group, stack=on or stack(), seconds=seconds, turns=turns)


def case(*parts, kind="net.peer-wait", item=PEER, cpus=2.0, herds=(), **team):
    known = {"threads": 1, "computing": 0.0, "ready": 0.0, "idle_turns": 0.0}
    known["own_turns"] = sum(one.turns for one in parts)
    share = Estimate(value=0.5, low=0.4, high=0.6, unit=Unit.RATIO, n=40)
    draft = Draft(
        kind=kind, subject="process:42", summary="It waits.", estimate=share, severity=Severity.WARNING,
        claim=Claim(times=frozenset({one.time for one in parts})), score=80.0, object=item,
    )  # fmt: skip
    return Case(
        draft=draft, parts=parts, team=Team(name="workers", **known | team), seconds=SECONDS, cpus=cpus,
        herds=herds,
    )  # fmt: skip


def signals(**values):
    """`tcp_peer_sent=300.0`: the signal 'tcp.peer.sent' of that value; about the peer where it has one."""
    found = []
    for name, value in values.items():
        value, n = value if isinstance(value, tuple) else (value, 8)
        estimate = Estimate(value=value, low=value, high=value, unit=Unit.PER_SECOND, n=n)
        name = name.replace("_", ".")
        labels = (("peer", PEER.name),) if ".peer." in name else ()
        found.append(Signal(name=name, subject="process:42", estimate=estimate, labels=labels))
    return Signals(found)
