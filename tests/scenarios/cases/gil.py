"""Six threads of pure Python take turns at one interpreter lock."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.gil",
    program="word_count.py",
    truth=Truth(kind="cpu.gil", resource="gil", where="count_words"),
    thread="run",
    evidence=(
        Evidence(
            what="wall - CPU - run queue of the six threads, of their wall time",
            share=0.694,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a counter in futex (there is no other lock)",
            share=0.747,
            source="/proc/PID/task/TID/syscall x 500",
        ),
        Evidence(
            what="dumps of counters with count_words as the innermost function",
            share=0.922,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
