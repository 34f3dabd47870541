"""Redis intersects large sets, in its one thread."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.redis",
    truth=Truth(kind="cpu.hot-code", resource="cpu", also=("cpu.single-core",)),
    server="redis",
    client="set_queries.py",
    evidence=(
        Evidence(
            what="samples in looking up members of sets (dictNext, dictFind, hash, compare)",
            share=0.851,
            source="perf record -e cpu-clock over 3 s",
        ),
        Evidence(
            what="looks that found the main thread running or ready",
            share=0.99,
            source="/proc/PID/task/TID/stat x 120",
        ),
    ),
)
