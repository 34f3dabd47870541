"""Two hot children of a multiprocessing.Pool."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="tree.pool",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="tour_length"),
    program="route_pool.py",
    thread="shorten_tour",
    tree=True,
    evidence=(
        Evidence(
            what="dumps of children with tour_length as the innermost function",
            share=0.955,
            source="py-spy dump x 24 over 4 s",
        ),
        Evidence(
            what="looks that found a child running or ready",
            share=1,
            source="/proc/PID/task/TID/stat x 190",
        ),
    ),
)
