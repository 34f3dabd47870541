"""Two sessions in a queue, for ten threads."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted.queue",
    program="stock_reports.py",
    truth=Truth(kind="pool.exhausted", resource="lock", where="take_session"),
    thread="write_reports",
    peer="distant_cache.py",
    evidence=(
        Evidence(
            what="time in taking a session out of the queue, of wall time",
            share=0.8,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in futex",
            share=0.799,
            source="/proc/PID/task/TID/syscall x 1160",
        ),
        Evidence(
            what="dumps with take_session on the stack",
            share=0.8,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
