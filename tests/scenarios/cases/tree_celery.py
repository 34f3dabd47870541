"""Three children of Celery that ask and pause."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="tree.celery",
    truth=Truth(kind="sleep", resource="sleep", where="await_booking"),
    program="settlement_tasks.py",
    thread="settle_payment",
    tree=True,
    server="redis",
    requires=("celery", "redis", "packaging"),
    evidence=(
        Evidence(
            what="dumps of children with await_booking as the innermost function",
            share=1,
            source="py-spy dump x 20 over 4 s",
        ),
        Evidence(
            what="looks that found a child in clock_nanosleep",
            share=0.965,
            source="/proc/PID/task/TID/syscall x 240",
        ),
    ),
)
