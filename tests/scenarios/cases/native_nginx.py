"""nginx compresses a page for four readers, in one worker."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.nginx",
    truth=Truth(kind="cpu.hot-code", resource="cpu", also=("cpu.single-core",)),
    tree=True,
    server="nginx",
    client="page_readers.py",
    evidence=(
        Evidence(
            what="samples inside zlib, of those of the worker",
            share=0.703,
            source="perf record -e cpu-clock over 3 s",
        ),
        Evidence(
            what="CPU time of the worker, of its wall time",
            share=0.856,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="looks that found the worker running or ready",
            share=1,
            source="/proc/PID/task/TID/stat x 120",
        ),
    ),
)
