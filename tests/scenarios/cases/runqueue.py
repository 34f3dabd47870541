"""One thread of Python beside three busy loops for each CPU."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.runqueue",
    program="prime_sieve.py",
    truth=Truth(kind="cpu.runqueue", resource="scheduler"),
    thread="search",
    neighbours=3,
    evidence=(
        Evidence(
            what="run-queue wait of the searching thread, of its wall time",
            share=0.734,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="the same, as the target saw it",
            share=0.733,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found it ready or running",
            share=1.0,
            source="/proc/PID/task/TID/stat x 60",
        ),
    ),
)
