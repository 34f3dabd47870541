"""PostgreSQL makes every row durable, on a disk of 200 writes a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.postgres",
    truth=Truth(kind="disk.fsync", resource="disk", object="pg_wal"),
    tree=True,
    server="postgres",
    client="row_commits.py",
    disk=("wiops", 200),
    requires=("psycopg",),
    evidence=(
        Evidence(
            what="looks that found the only busy backend in fdatasync, state D",
            share=0.924,
            source="/proc/PID/task/TID/syscall x 120",
        ),
        Evidence(
            what="looks that found that backend in fdatasync of a file in pg_wal",
            share=0.783,
            source="/proc/PID/syscall and /proc/PID/fd x 300 over 3 s",
        ),
    ),
)
