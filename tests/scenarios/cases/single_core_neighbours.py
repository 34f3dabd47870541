"""One CPU for three processes, while others idle."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.single-core.neighbours",
    truth=Truth(kind="cpu.single-core", resource="cpu", also=("cpu.runqueue",)),
    program="route_seal.py",
    thread="seal_routes",
    evidence=(
        Evidence(
            what="run-queue wait of the sealing thread, of its wall time",
            share=0.657,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="looks that found it ready or running, allowed on one CPU alone",
            share=1,
            source="/proc/PID/task/TID/stat x 110",
        ),
        Evidence(
            what="dumps with seal_route as the innermost function",
            share=1,
            source="py-spy dump x 28 over 4 s",
        ),
    ),
)
