"""Two connections of SQLAlchemy for ten threads."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted.sqlalchemy",
    truth=Truth(kind="pool.exhausted", resource="lock", where="check_out"),
    program="payroll.py",
    thread="pay_people",
    server="postgres",
    environment="scenarios",
    requires=("sqlalchemy", "psycopg"),
    evidence=(
        Evidence(
            what="time in Engine.connect, of wall time",
            share=0.8,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in futex or restarting it",
            share=0.8,
            source="/proc/PID/task/TID/syscall x 1000",
        ),
        Evidence(
            what="dumps with check_out on the stack",
            share=0.8,
            source="py-spy dump x 27 over 4 s",
        ),
    ),
)
