"""Replicas that read less than is sent."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.send-wait",
    program="change_feed.py",
    truth=Truth(kind="net.send-wait", resource="network", where="ship_segment"),
    thread="feed_replica",
    client="slow_replica.py",
    evidence=(
        Evidence(
            what="time in sendall, of wall time",
            share=0.995,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in sendto",
            share=1,
            source="/proc/PID/task/TID/syscall x 340",
        ),
        Evidence(
            what="dumps with ship_segment as the innermost function",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
