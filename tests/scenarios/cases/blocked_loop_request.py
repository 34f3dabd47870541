"""A coroutine that waits for a peer without await."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="asyncio.blocked-loop.request",
    program="booking_gateway.py",
    truth=Truth(kind="asyncio.blocked-loop", resource="cpu", where="ask_airline"),
    thread="main",
    peer="payment_provider.py",
    client="line_clients.py",
    evidence=(
        Evidence(
            what="time in waiting for the answer, of the loop's wall time",
            share=0.992,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the loop's thread in recvfrom",
            share=0.983,
            source="/proc/PID/task/TID/syscall x 120",
        ),
        Evidence(
            what="dumps with ask_airline on the stack",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
