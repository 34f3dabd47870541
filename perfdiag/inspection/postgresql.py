"""PostgreSQL's view of who waits for whose lock (pg_stat_activity, pg_blocking_pids).

No text of a query is read: it may hold anything.
"""

from typing import Any

TIMEOUT = 1  # seconds, for the connection and for the query

# the states of sessions that wait for a lock, or that are in a transaction
_QUERY = """
SELECT pid, coalesce(state, ''), coalesce(wait_event, ''),
       extract(epoch FROM clock_timestamp() - xact_start)::float8,
       CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) ELSE '{}' END
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
ORDER BY xact_start LIMIT 64
"""


def look(secret: str) -> list[dict[str, Any]]:
    """[{"pid", "state", "event", "age", "by"}] of the sessions in a transaction. Raises what psycopg raises,
    ImportError without it."""
    import psycopg

    with psycopg.connect(
        secret,
        autocommit=True,
        connect_timeout=TIMEOUT,
        options=f"-c statement_timeout={TIMEOUT * 1000} -c lock_timeout={TIMEOUT * 1000}",
        application_name="perfdiag",
    ) as connection:
        rows = connection.execute(_QUERY).fetchall()
    names = ("pid", "state", "event", "age", "by")
    return [dict(zip(names, row, strict=True)) for row in rows]
