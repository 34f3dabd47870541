"""One lock, held while another service is asked."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="lock.contention.request",
    program="visa_desk.py",
    truth=Truth(kind="lock.contention", resource="lock", where="current"),
    thread="serve_desk",
    peer="payment_provider.py",
    evidence=(
        Evidence(
            what="time in acquire, of the desks' wall time",
            share=0.852,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a desk in futex",
            share=0.8,
            source="/proc/PID/task/TID/syscall x 700",
        ),
        Evidence(
            what="dumps with current on the stack",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
