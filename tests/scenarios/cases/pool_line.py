"""Three connections for nine desks, handed to the first in line."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted.line",
    program="membership_desk.py",
    truth=Truth(kind="pool.exhausted", resource="lock", where="check_out"),
    thread="serve_desk",
    peer="payment_provider.py",
    evidence=(
        Evidence(
            what="time in waiting for a connection to be handed over, of the desks' wall time",
            share=0.678,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a desk in futex or in one that was begun again",
            share=0.667,
            source="/proc/PID/task/TID/syscall x 576",
        ),
        Evidence(
            what="dumps with check_out on the stack",
            share=0.686,
            source="py-spy dump x 17 over 4 s",
        ),
    ),
)
