"""A slow task of Celery."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code.celery",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="compare_stamps"),
    program="stamp_collection.py",
    thread="find_alike",
    tree=True,
    server="redis",
    environment="scenarios",
    requires=("celery", "redis"),
    evidence=(
        Evidence(
            what="dumps with compare_stamps as the innermost function",
            share=1,
            source="py-spy dump x 25 over 4 s",
        ),
        Evidence(
            what="CPU time and run-queue wait of the child, of its wall time",
            share=0.91,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
