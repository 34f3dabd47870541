"""Each row is made durable by itself: many fsyncs from one line with little written between them, or many
commits sent to a database one after the other."""

from perfdiag.case import Case, Recognised, calls
from perfdiag.diagnosis import Evidence
from perfdiag.plugins import Pattern, Signals
from perfdiag.units import Unit, human

_OFTEN = 5.0  # a second
_LITTLE = 8 * 1024  # bytes written for each wait: a row and its index, each with its page
_LINE = 0.7  # of the time

_COMMITS = frozenset(
    {
        ("psycopg/connection.py", "commit"),
        ("psycopg/connection_async.py", "commit"),
        ("psycopg/transaction.py", "__exit__"),
        ("psycopg/transaction.py", "__aexit__"),
        ("asyncpg/transaction.py", "__aexit__"),
        ("asyncpg/transaction.py", "commit"),
        ("pymysql/connections.py", "commit"),
        ("sqlalchemy/engine/default.py", "do_commit"),
        ("django/db/backends/base/base.py", "_commit"),
    }
)


def recognise(case: Case, signals: Signals) -> Recognised | None:
    share, line = case.main_line()
    if share < _LINE or case.rate < _OFTEN:
        return None
    rate = f"{human(case.rate, Unit.PER_SECOND)} of {human(case.each, Unit.SECONDS)} each, from {line}"
    if case.draft.kind == "net.peer-wait":
        committing = case.share(lambda part: calls(part.stack, _COMMITS))
        if committing < _LINE:
            return None
        return _found(case, "commits", f"It commits each row by itself: {rate}.", committing)
    written = sum(signal.estimate.value for signal in signals.all("process.written"))
    if not 0 < written <= _LITTLE * case.rate:
        return None
    size = human(written / case.rate, Unit.BYTES)
    return _found(
        case,
        "waits for durability",
        f"It makes each row durable by itself: {rate}, for {size} written.",
        share,
    )


def _found(case: Case, what: str, sentence: str, confidence: float) -> Recognised:
    return Recognised(
        confidence=confidence,
        evidence=Evidence(
            name=what, value=case.rate, unit=Unit.PER_SECOND, source="schedstat: times on a CPU"
        ),
        sentence=sentence,
    )


SPEC = Pattern(
    name="per-row commit", help=__doc__ or "", kinds=("disk.fsync", "net.peer-wait"), recognise=recognise
)
