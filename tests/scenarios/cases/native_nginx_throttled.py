"""nginx compresses for four readers, with a quarter of a CPU of quota."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.nginx.throttled",
    truth=Truth(kind="cpu.throttled", resource="cgroup"),
    tree=True,
    server="nginx",
    client="page_readers.py",
    quota=0.25,
    evidence=(
        Evidence(
            what="periods in which the group was stopped, of all periods",
            share=0.875,
            source="cpu.stat of the group over 4 s",
        ),
        Evidence(
            what="run-queue wait of the worker, of its wall time",
            share=0.758,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="looks that found the worker ready or running",
            share=1,
            source="/proc/PID/task/TID/stat x 90",
        ),
    ),
)
