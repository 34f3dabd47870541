"""Names that the executor of an event loop waits for."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.dns.async",
    truth=Truth(kind="net.dns", resource="network", object=":53"),
    program="feed_crawler.py",
    peer="slow_names.py",
    names=True,
    evidence=(
        Evidence(
            what="looks that found one of the five threads in poll or restarting it, below getaddrinfo",
            share=0.796,
            source="/proc/PID/task/TID/syscall x 500",
        ),
        Evidence(
            what="dumps with getaddrinfo as the innermost function",
            share=0.8,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
