"""Two database connections in a queue, for ten threads."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted.queue",
    program="sensor_reports.py",
    truth=Truth(kind="pool.exhausted", resource="lock", where="take_connection"),
    thread="write_reports",
    evidence=(
        Evidence(
            what="time in taking a connection out of the queue, of wall time",
            share=0.8,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in futex",
            share=0.789,
            source="/proc/PID/task/TID/syscall x 800",
        ),
        Evidence(
            what="dumps with take_connection on the stack",
            share=0.805,
            source="py-spy dump x 19 over 4 s",
        ),
    ),
)
