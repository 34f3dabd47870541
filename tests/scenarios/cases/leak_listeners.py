"""Listeners that are never taken off the bus."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="memory.leak.listeners",
    program="event_bus.py",
    truth=Truth(kind="memory.leak", resource="memory", where="subscribe"),
    thread="pass_on",
    evidence=(
        Evidence(
            what="looks at which resident memory was more than 0.15 s before (9.5 MB a second)",
            share=1,
            source="/proc/PID/stat x 30 over 4 s",
        ),
        Evidence(
            what="looks that found the only busy thread asleep between messages",
            share=0.914,
            source="/proc/PID/task/TID/syscall x 120",
        ),
    ),
)
