"""The same thing fails and is tried again, without a pause that grows: connects that the peer refuses, or the
pauses of a library that retries.

Failed connects are counted for the whole host: they are told where there are about as many as the target
sleeps, and it was seen to connect between, or where its time goes into connecting.
"""

from perfdiag.case import Case, Recognised, calls
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_OFTEN = 2.0  # a second
_ALIKE = (0.6, 1.7)  # failed connects for each pause
_MOST = 0.5  # of the time

# what pauses between two tries; what connects
_PAUSES = frozenset(
    {
        ("urllib3/util/retry.py", "sleep"),
        ("tenacity/nap.py", "sleep"),
        ("backoff/_sync.py", "retry"),
        ("redis/retry.py", "call_with_retry"),
        ("kombu/utils/functional.py", "retry_over_time"),
        ("botocore/endpoint.py", "_needs_retry"),
    }
)
_CONNECTS = frozenset(
    {
        ("socket.py", "create_connection"),
        ("http/client.py", "connect"),
        ("urllib3/util/connection.py", "create_connection"),
        ("redis/connection.py", "connect"),
        ("psycopg/connection.py", "connect"),
        ("psycopg2/__init__.py", "connect"),
        ("pymysql/connections.py", "connect"),
    }
)


def recognise(case: Case, signals: Signals) -> Recognised | None:
    failed = signals.value("tcp.failed")
    if case.draft.kind == "sleep":
        paused = case.share(lambda part: calls(part.stack, _PAUSES))
        if paused >= _MOST and case.rate >= _OFTEN:
            return _found(case.rate, "pauses between tries", "schedstat: times on a CPU", paused)
        alike = _ALIKE[0] <= failed / case.rate <= _ALIKE[1] if case.rate else False
        connects = any(calls(stack, _CONNECTS) for stack in case.team.stacks)
        likely = alike and failed >= _OFTEN and connects
    else:
        likely = failed >= _OFTEN and case.share(lambda part: calls(part.stack, _CONNECTS)) >= _MOST
    return _found(failed, "connects that fail on this host", "/proc/net/snmp", 0.8) if likely else None


def _found(rate: float, what: str, source: str, confidence: float) -> Recognised:
    return Recognised(
        confidence=confidence,
        evidence=Evidence(name=what, value=rate, unit=Unit.PER_SECOND, source=source),
        sentence=f"It tries again what fails: {human(rate, Unit.PER_SECOND)} {what}.",
    )


SPEC = Pattern(
    name="retry storm",
    help=__doc__ or "",
    kinds=("sleep", "net.connect", "net.peer-wait", "cpu.hot-code", "cpu.kernel"),
    recognise=recognise,
)
