"""Half a second between two looks, each of which finds work."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="sleep.watcher",
    program="style_watcher.py",
    truth=Truth(kind="sleep", resource="sleep", where="wait_for_change"),
    thread="watch_sheets",
    directory=True,
    evidence=(
        Evidence(
            what="time in the sleep, of the builder's wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the builder in clock_nanosleep",
            share=1,
            source="/proc/PID/task/TID/syscall x 90",
        ),
        Evidence(
            what="dumps with wait_for_change as the innermost function",
            share=1,
            source="py-spy dump x 24 over 4 s",
        ),
    ),
)
