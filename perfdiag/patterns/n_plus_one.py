"""Many short waits for one peer from one line of the program: one question for each item, where one for all
would do.

Counted are the times that the kernel gave the waiting threads a CPU, and not more than the segments that were
sent to the peer. A thread that waits for work about as often as for the peer asks once in each piece of work.
"""

from perfdiag.case import Case, Recognised
from perfdiag.diagnosis import Evidence
from perfdiag.model import ObjectType
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_SHORT = 0.005  # seconds of a wait: a longer one is worth mending by itself
_OFTEN = 25.0  # waits a second of each thread that waits
_LINE = 0.7  # of the time
_WORK = 3.0  # waits for the peer, at least, for each wait for work


def recognise(case: Case, signals: Signals) -> Recognised | None:
    item, (share, line) = case.draft.object, case.main_line()
    if item is None or item.type not in (ObjectType.TCP, ObjectType.UNIX) or share < _LINE:
        return None
    rate = case.rate
    sent = signals.all("tcp.peer.sent", peer=item.name)
    if sent:
        rate = min(rate, sum(signal.estimate.value for signal in sent))
    each = case.waited / (rate * case.seconds) if rate else 0.0
    idle = case.team.idle_turns / case.seconds
    if not 0 < each <= _SHORT or rate < _OFTEN * max(1.0, case.waiting) or rate < _WORK * idle:
        return None
    source = "schedstat: times on a CPU" + ("; TCP_INFO: segments sent" if sent else "")
    often, short = human(rate, Unit.PER_SECOND), human(each, Unit.SECONDS)
    return Recognised(
        confidence=share,
        evidence=Evidence(name="waits for this peer", value=rate, unit=Unit.PER_SECOND, source=source),
        sentence=f"It is many short waits from one line: {often} of {short} each in {line}.",
    )


SPEC = Pattern(name="n+1", help=__doc__ or "", kinds=("net.peer-wait",), recognise=recognise)
