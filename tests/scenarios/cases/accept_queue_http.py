"""Customers who keep their connection, and a server without threads."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.accept-queue.http",
    truth=Truth(kind="net.accept-queue", resource="network", where="open_counter"),
    program="counter_clerk.py",
    thread="open_counter",
    client="stamp_customers.py",
    evidence=(
        Evidence(
            what="looks that found connections in the queue of the listener (9 at most)",
            share=1,
            source="ss -ltn x 40 over 4 s",
        ),
        Evidence(
            what="dumps with open_counter and the request of one customer on the stack",
            share=1,
            source="py-spy dump x 27 over 4 s",
        ),
        Evidence(
            what="looks that found the thread waiting for that customer's next request",
            share=0.971,
            source="/proc/PID/task/TID/syscall x 105",
        ),
    ),
)
