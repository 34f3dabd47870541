"""A Python function for each group of pandas."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code.pandas",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="score_region"),
    program="region_ranks.py",
    thread="rank_for_ever",
    environment="scenarios",
    requires=("pandas",),
    evidence=(
        Evidence(
            what="dumps with score_region on the stack",
            share=0.826,
            source="py-spy dump x 23 over 4 s",
        ),
        Evidence(
            what="CPU time of the thread, of its wall time",
            share=0.906,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
