"""A coroutine that sleeps without await."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="asyncio.blocked-loop.sleep",
    program="valve_hub.py",
    truth=Truth(kind="asyncio.blocked-loop", resource="cpu", where="move_valve"),
    thread="main",
    client="line_clients.py",
    evidence=(
        Evidence(
            what="time in time.sleep, of the loop's wall time",
            share=0.984,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the loop's thread in clock_nanosleep",
            share=0.991,
            source="/proc/PID/task/TID/syscall x 120",
        ),
        Evidence(
            what="dumps with move_valve as the innermost function",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
