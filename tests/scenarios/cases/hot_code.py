"""Pure Python in the main thread of a batch job takes its time."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code",
    program="address_match.py",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="edit_distance"),
    thread="main",
    evidence=(
        Evidence(
            what="dumps with edit_distance on the main thread's stack",
            share=1.0,
            source="py-spy dump x 20 over 4 s",
        ),
        Evidence(
            what="CPU of the main thread, of its wall time",
            share=0.978,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(what="looks that found it running", share=0.992, source="/proc/PID/task/TID/stat x 80"),
    ),
)
