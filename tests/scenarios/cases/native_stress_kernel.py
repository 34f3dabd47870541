"""One stressor calls the kernel for what it knows of the process, again and again."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.stress.kernel",
    truth=Truth(kind="cpu.kernel", resource="cpu"),
    tree=True,
    server="stress-ng",
    options=("--get", "1"),
    evidence=(
        Evidence(
            what="samples inside system calls, of those of the stressor",
            share=0.913,
            source="perf record -e cpu-clock over 3 s",
        ),
        Evidence(
            what="system time of the stressor, of its CPU time",
            share=0.875,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
    ),
)
