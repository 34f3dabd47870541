"""A loop over a selector of its own, whose handler waits for another service."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="asyncio.blocked-loop.selector",
    program="tram_board.py",
    truth=Truth(kind="asyncio.blocked-loop", resource="cpu", where="ask_delay"),
    thread="serve",
    peer="payment_provider.py",
    client="line_clients.py",
    evidence=(
        Evidence(
            what="time in waiting for the delays, of the loop's wall time",
            share=0.983,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the loop's thread in recvfrom",
            share=0.95,
            source="/proc/PID/task/TID/syscall x 100",
        ),
        Evidence(
            what="dumps with ask_delay on the stack",
            share=1,
            source="py-spy dump x 25 over 4 s",
        ),
    ),
)
