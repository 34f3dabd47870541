"""One stressor maps 64 MB, touches all of it and gives it back."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.stress.faults",
    truth=Truth(kind="memory.faults", resource="memory"),
    tree=True,
    server="stress-ng",
    options=("--vm", "1", "--vm-bytes", "64M", "--vm-method", "zero-one"),
    evidence=(
        Evidence(
            what="samples in page faults and in madvise(MADV_POPULATE), of those of the stressor",
            share=0.785,
            source="perf record -e cpu-clock over 3 s",
        ),
        Evidence(
            what="system time of the stressor, of its CPU time",
            share=0.845,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
    ),
)
