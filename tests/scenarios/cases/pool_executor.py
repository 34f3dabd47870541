"""Two workers of an executor for ten threads that wait for their results."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted.executor",
    program="map_tiles.py",
    truth=Truth(kind="pool.exhausted", resource="lock", where="await_tile"),
    thread="await_tile",
    peer="distant_cache.py",
    evidence=(
        Evidence(
            what="time in waiting for the result, of the viewers' wall time",
            share=1,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a viewer in futex or in one that was begun again",
            share=1,
            source="/proc/PID/task/TID/syscall x 720",
        ),
        Evidence(
            what="dumps with await_tile on the stack",
            share=1,
            source="py-spy dump x 19 over 4 s",
        ),
    ),
)
