"""Each page waits for an aggregate that Redis computes anew."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait",
    program="page_ranking.py",
    truth=Truth(kind="net.peer-wait", resource="network", where="fetch_ranking", object="redis"),
    thread="build_pages",
    server="redis",
    evidence=(
        Evidence(
            what="time in the answer of Redis, of the workers' wall time",
            share=0.994,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a worker in recvfrom",
            share=0.969,
            source="/proc/PID/task/TID/syscall x 240",
        ),
        Evidence(what="dumps with fetch_ranking on the stack", share=1.0, source="py-spy dump x 25 over 4 s"),
    ),
)
