"""Small questions to Redis wait for its one thread, which goes through all keys for another client."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.busy-server",
    program="basket_totals.py",
    truth=Truth(kind="net.peer-wait", resource="network", where="price", object="redis"),
    thread="add_all",
    server="redis",
    client="key_listing.py",
    evidence=(
        Evidence(
            what="looks that found a worker in recvfrom",
            share=0.95,
            source="/proc/PID/task/TID/syscall",
        ),
        Evidence(what="dumps with price on the stack", share=1.0, source="py-spy dump over 4 s"),
    ),
)
