"""Three of four workers always busy, and one that waits for work."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.lists",
    program="night_transfers.py",
    truth=Truth(kind="net.peer-wait", resource="network", where="move_account"),
    thread="move_account",
    peer="payment_provider.py",
    evidence=(
        Evidence(
            what="time in waiting for the bank's answer, of the three busy workers' wall time",
            share=0.996,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found one of them in recvfrom",
            share=0.967,
            source="/proc/PID/task/TID/syscall x 120",
        ),
        Evidence(
            what="dumps with readinto as their innermost function",
            share=0.97,
            source="py-spy dump x 11 over 4 s",
        ),
    ),
)
