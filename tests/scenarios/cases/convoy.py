"""Ten threads come back again and again to a lock that each holds for a millisecond."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="lock.contention.convoy",
    program="turnstiles.py",
    truth=Truth(kind="lock.contention", resource="lock", where="admit", pattern="convoy"),
    thread="turn",
    evidence=(
        Evidence(
            what="time in acquire, of the turnstiles' wall time",
            share=0.902,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a turnstile in futex",
            share=0.883,
            source="/proc/PID/task/TID/syscall x 880",
        ),
        Evidence(
            what="dumps with admit on the stack",
            share=0.997,
            source="py-spy dump x 22 over 4 s",
        ),
    ),
)
