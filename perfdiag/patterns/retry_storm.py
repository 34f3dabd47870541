"""The same thing fails and is tried again, without a pause that grows: connects that the peer refuses, or the
pauses of a library that retries.

Failed connects are counted for the whole host, so they only bear out what is seen of the target: that it
never waits for an answer, and connects between its pauses (or that there is just one failure for each of
them, for a connect that is refused is over before it is seen), or that its time goes into connecting.
"""

from perfdiag.case import Case, Recognised, calls
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_OFTEN = 2.0  # a second
_FAILED = 0.5  # connects on the host, at least, for each pause
_ALIKE = (0.8, 1.25)  # the same, where the target was not seen to connect
_ELSE = 0.5  # waits for anything else, for each pause
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
        if paused >= _MOST:
            return _found(case.rate, "pauses between tries", "schedstat: times on a CPU", paused)
        each = failed / case.rate if case.rate else 0.0
        connects = any(calls(stack, _CONNECTS) for stack in case.team.stacks)
        likely = each >= _FAILED if connects else _ALIKE[0] <= each <= _ALIKE[1]
        others = case.team.own_turns + case.team.idle_turns - case.turns
        if not likely or others > _ELSE * case.turns:
            return None
        source = "schedstat: times on a CPU; /proc/net/snmp: connects that fail"
        return _found(case.rate, "pauses between connects that fail", source, 1.0 if connects else 0.7)
    connecting = case.share(lambda part: calls(part.stack, _CONNECTS))
    if connecting < _MOST or failed < _OFTEN:
        return None
    return _found(failed, "connects that fail on this host", "/proc/net/snmp", connecting)


def _found(rate: float, what: str, source: str, confidence: float) -> Recognised | None:
    if rate < _OFTEN:
        return None
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
