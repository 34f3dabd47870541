"""Two carriers try again, every 40 ms, what nobody takes."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="sleep.retries",
    program="beacon_relay.py",
    truth=Truth(kind="sleep", resource="sleep", where="rest", pattern="retry storm"),
    thread="carry",
    evidence=(
        Evidence(
            what="time in the pause, of the carriers' wall time",
            share=0.993,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a carrier in clock_nanosleep",
            share=0.974,
            source="/proc/PID/task/TID/syscall x 230",
        ),
        Evidence(
            what="dumps with rest on the stack",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
