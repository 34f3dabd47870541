"""A new connection to the same peer for each question.

The connections of the target are looked at once a second: one that is kept is found again and has many
segments behind it; here hardly any is.
"""

from perfdiag.case import Case, Recognised
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_NEW = 0.8  # of the connections that were seen
_LEAST = 3  # that were seen
_OFTEN = 2.0  # waits a second


def recognise(case: Case, signals: Signals) -> Recognised | None:
    item = case.draft.object
    fresh = signals.all("tcp.peer.fresh", peer=item.name) if item else []
    seen = sum(signal.estimate.n for signal in fresh)
    if seen < _LEAST or case.rate < _OFTEN:
        return None
    share = sum(signal.estimate.value * signal.estimate.n for signal in fresh) / seen
    if share < _NEW:
        return None
    return Recognised(
        confidence=share * seen / (seen + 0.5),
        evidence=Evidence(
            name="connections to this peer that are new",
            value=share,
            unit=Unit.RATIO,
            source=f"TCP_INFO of {seen} connections, once a second",
        ),
        sentence=f"It keeps no connection: {human(share, Unit.RATIO)} of those seen had just been made, "
        f"while it waits {human(case.rate, Unit.PER_SECOND)} for this peer.",
    )


SPEC = Pattern(
    name="no keep-alive", help=__doc__ or "", kinds=("net.peer-wait", "net.connect"), recognise=recognise
)
