"""A full queue before one slow consumer."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="queue.backlog",
    program="telemetry_inlet.py",
    truth=Truth(kind="queue.backlog", resource="lock", where="store_records"),
    thread="receive",
    evidence=(
        Evidence(
            what="time in Queue.put, of the sources' wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a source in futex",
            share=0.996,
            source="/proc/PID/task/TID/syscall x 680",
        ),
        Evidence(
            what="dumps of sources in a Condition's wait",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
