"""One customer at a time, and twelve who want to be served."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.accept-queue",
    program="licence_desk.py",
    truth=Truth(kind="net.accept-queue", resource="network", where="serve_one"),
    thread="main",
    client="licence_customers.py",
    evidence=(
        Evidence(
            what="looks that found connections in the queue of the listener (11 at most)",
            share=1,
            source="ss -ltn x 40 over 4 s",
        ),
        Evidence(
            what="dumps with serve_one on the stack, one customer at a time",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
        Evidence(
            what="looks that found the thread waiting for that customer's next line",
            share=0.983,
            source="/proc/PID/task/TID/syscall x 120",
        ),
    ),
)
