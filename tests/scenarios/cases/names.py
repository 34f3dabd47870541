"""A name server that takes 300 ms."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.dns",
    program="sender_check.py",
    truth=Truth(kind="net.dns", resource="network", where="resolve_sender", object=":53"),
    thread="check_mail",
    peer="slow_names.py",
    names=True,
    evidence=(
        Evidence(
            what="time in getaddrinfo, of wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in poll or restarting it",
            share=0.996,
            source="/proc/PID/task/TID/syscall x 230",
        ),
        Evidence(
            what="dumps with getaddrinfo under resolve_sender",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
