"""A coroutine that computes."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="asyncio.blocked-loop.compute",
    program="door_keys.py",
    truth=Truth(kind="asyncio.blocked-loop", resource="cpu", where="stretch_code"),
    thread="main",
    client="line_clients.py",
    client_options=("6", "0.05"),
    evidence=(
        Evidence(
            what="time in scrypt, of the loop's wall time",
            share=0.983,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="dumps with stretch_code as the innermost function",
            share=1,
            source="py-spy dump x 25 over 4 s",
        ),
        Evidence(
            what="looks that found the loop's thread running or ready",
            share=1,
            source="/proc/PID/task/TID/stat x 100",
        ),
    ),
)
