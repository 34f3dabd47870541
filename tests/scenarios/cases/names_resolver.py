"""Questions of its own to a name server that takes 300 ms."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.dns.resolver",
    truth=Truth(kind="net.dns", resource="network", where="query_zone", object=":53"),
    program="zone_audit.py",
    thread="audit_names",
    peer="slow_names.py",
    names=True,
    evidence=(
        Evidence(
            what="time in waiting for the answer, of wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in recvfrom",
            share=0.989,
            source="/proc/PID/task/TID/syscall x 180",
        ),
        Evidence(
            what="dumps with query_zone as the innermost function",
            share=0.978,
            source="py-spy dump x 23 over 4 s",
        ),
    ),
)
