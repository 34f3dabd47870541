"""Eight threads log through one handler, whose reader is slow."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="lock.contention.logging",
    truth=Truth(kind="lock.contention", resource="lock", where="report_position"),
    program="tram_positions.py",
    thread="follow_line",
    evidence=(
        Evidence(
            what="looks that found a thread in futex",
            share=0.875,
            source="/proc/PID/task/TID/syscall x 380",
        ),
        Evidence(
            what="dumps with acquire, below report_position, as the innermost function",
            share=0.875,
            source="py-spy dump x 12 over 4 s",
        ),
    ),
)
