"""Workers on a queue that stays empty."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.empty-queue",
    program="empty_queue.py",
    truth=None,
    thread="work",
    evidence=(
        Evidence(
            what="time in queue.get, of the workers' wall time",
            share=1.0,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a worker in futex",
            share=1.0,
            source="/proc/PID/task/TID/syscall x 160",
        ),
    ),
)
