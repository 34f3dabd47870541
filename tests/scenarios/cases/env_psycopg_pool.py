"""Three connections of psycopg_pool for twelve threads."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted.psycopg",
    truth=Truth(kind="pool.exhausted", resource="lock", where="lend_connection"),
    program="quarry_orders.py",
    thread="take_orders",
    server="postgres",
    environment="scenarios",
    requires=("psycopg", "psycopg_pool"),
    evidence=(
        Evidence(
            what="time in getconn, of wall time",
            share=0.752,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in futex or restarting it",
            share=0.754,
            source="/proc/PID/task/TID/syscall x 1200",
        ),
    ),
)
