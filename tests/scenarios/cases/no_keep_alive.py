"""A new connection for each charge."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.unkept",
    program="donation_desk.py",
    truth=Truth(kind="net.peer-wait", resource="network", where="post", pattern="no keep-alive"),
    thread="run",
    peer="payment_provider.py",
    evidence=(
        Evidence(
            what="time in waiting for the answer, of the clerks' wall time",
            share=0.974,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a clerk in recvfrom",
            share=0.953,
            source="/proc/PID/task/TID/syscall x 460",
        ),
        Evidence(
            what="dumps with post on the stack",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
