"""A pool of four threads for each CPU, all of which want to compute."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.runqueue.pool",
    program="seal_works.py",
    truth=Truth(kind="cpu.runqueue", resource="scheduler", pattern="oversubscribed pool"),
    thread="derive_seal",
    evidence=(
        Evidence(
            what="run-queue wait of the workers, of their wall time",
            share=0.773,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="looks that found a worker ready or running",
            share=0.75,
            source="/proc/PID/task/TID/stat x 190",
        ),
    ),
)
