"""What rules about waits say of the process at the other end: the chain, and its numbers."""

from collections.abc import Iterator

from perfdiag.diagnosis import Evidence, Signal
from perfdiag.model import Object, ObjectType
from perfdiag.plugins import Signals

INSPECTED = ("postgresql", "redis")
_LOCKS = "SELECT pid, pg_blocking_pids(pid), state, xact_start FROM pg_stat_activity"


def chain_of(signals: Signals, item: Object | None) -> tuple[str, ...]:
    """Sentences, hop by hop; of an other end that was not looked at, only who it is."""
    told = tuple(dict.fromkeys(signal.label("text") for signal in _links(signals, item)))
    if not told and item is not None and item.peer:
        told = (f"at the other end: {item.peer}",)
    return (*told, *_own_view(signals, item))


def _own_view(signals: Signals, item: Object | None) -> Iterator[str]:
    """What the server said of itself when it was asked."""
    service = item.service if item else ""
    for signal in signals.all("inspected.says"):
        port = signal.label("port")
        if item and service in INSPECTED and (item.name.endswith(f":{port}") or item.type is ObjectType.UNIX):
            yield f"{service}, {signal.label('text')}"


def evidence_of(signals: Signals, item: Object | None) -> Iterator[Evidence]:
    """Of the time in which it is waited for, what the other end spends on what it does most."""
    for signal in _links(signals, item):
        if signal.label("does"):
            yield Evidence(
                name=f"{signal.label('name')} {signal.label('does')}, of the time it is waited for",
                value=signal.estimate.value,
                low=signal.estimate.low,
                high=signal.estimate.high,
                unit=signal.estimate.unit,
                source=f"{signal.label('looks')} looks at both ends at once",
            )


def next_of(signals: Signals, item: Object | None) -> str:
    """The command that looks at the end of the chain; '' when nothing is known of it."""
    links = [signal for signal in _links(signals, item) if signal.label("does")]
    if not links or not links[-1].label("pid").isdigit():
        return ""
    if links[-1].label("locked"):
        return f"psql -c '{_LOCKS}'  # who has the lock, and since when"
    return f"perfdiag profile -p {links[-1].label('pid')} -d 10  # the end of the chain, on this host"


def _links(signals: Signals, item: Object | None) -> list[Signal]:
    if item is None:
        return []
    return [
        signal
        for signal in signals.all("peer.does")
        if signal.object and (signal.object.type, signal.object.name) == (item.type, item.name)
    ]
