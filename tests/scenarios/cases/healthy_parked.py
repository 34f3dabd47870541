"""Threads parked on locks of their own until there is something to do; one at an event that does not come."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.parked",
    program="bell_ringers.py",
    truth=None,
    thread="ring",
    evidence=(
        Evidence(
            what="looks that found a ringer in futex",
            share=0.998,
            source="/proc/PID/task/TID/syscall x 700",
        ),
        Evidence(
            what="dumps in ring, at its lock",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
