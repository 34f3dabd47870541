"""One of four processes is sick."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="tree.supervisor",
    truth=Truth(kind="lock.contention", resource="lock", where="flush_postings"),
    program="shard_supervisor.py",
    thread="rebuild",
    tree=True,
    evidence=(
        Evidence(
            what="looks that found a thread of the sick process in futex",
            share=0.833,
            source="/proc/PID/task/TID/syscall x 430",
        ),
        Evidence(
            what="dumps with flush_postings as the innermost function",
            share=1,
            source="py-spy dump x 18 over 4 s",
        ),
    ),
)
