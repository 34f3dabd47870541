"""One thread keeps the interpreter for long calls; four others want it for short ones."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.gil.uneven",
    truth=Truth(kind="cpu.gil", resource="gil", where="write_archive"),
    program="ticket_archive.py",
    thread="answer_questions",
    evidence=(
        Evidence(
            what="wall - CPU - run queue of the four threads, of their wall time",
            share=0.711,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found one of them in futex (there is no other lock)",
            share=0.741,
            source="/proc/PID/task/TID/syscall x 450",
        ),
    ),
)
