"""Waits for names: threads are blocked in getaddrinfo and its kin, or for the answer of a resolver.

A resolver is what listens on port 53 or 853, and the local sockets of systemd-resolved, nscd and avahi.
"""

from collections.abc import Iterable, Mapping

from perfdiag.diagnosis import Claim, Draft
from perfdiag.judge import name_of, object_name, share_limits, time_draft
from perfdiag.model import TimeClass
from perfdiag.plugins import Rule, Signals
from perfdiag.units import Unit, human

LIMITS = share_limits(
    0.05, 0.20, 0.6, "names change rarely: what is looked up for each piece of work could be kept"
)


def diagnose(signals: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    signal = signals.first("time.dns")
    if signal is None:
        return
    share = human(signal.estimate.value, Unit.RATIO)
    resolver = object_name(signal.object, "a resolver")
    draft = time_draft(
        signal,
        signals,
        limits,
        kind="net.dns",
        claim=Claim(times=frozenset({TimeClass.DNS})),
        summary=f"{name_of(signal.where)} waits for names from {resolver} for {share} of the busy time.",
        next_step="cat /etc/resolv.conf; resolvectl statistics  # servers, search list, cache hits",
        chain=[f"at the other end: {signal.object.peer}"] if signal.object and signal.object.peer else [],
    )
    if draft:
        yield draft


SPEC = Rule(
    kind="net.dns",
    resource="network",
    aspect="saturation",
    help=__doc__ or "",
    needs=("time.busy",),
    limits=LIMITS,
    explains=(),
    diagnose=diagnose,
)
