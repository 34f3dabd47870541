"""Two threads look every 8 ms whether something is done."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="sleep.polling",
    program="kiln_watch.py",
    truth=Truth(kind="sleep", resource="sleep", where="wait_until", pattern="polling"),
    thread="fire_loads",
    evidence=(
        Evidence(
            what="time in the sleep, of the potters' wall time",
            share=0.923,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a potter in clock_nanosleep",
            share=0.925,
            source="/proc/PID/task/TID/syscall x 90",
        ),
        Evidence(
            what="dumps with wait_until as the innermost function",
            share=1,
            source="py-spy dump x 11 over 4 s",
        ),
    ),
)
