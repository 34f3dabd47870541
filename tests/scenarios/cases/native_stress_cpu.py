"""One stressor multiplies matrices."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.stress.cpu",
    truth=Truth(kind="cpu.hot-code", resource="cpu", also=("cpu.single-core",)),
    tree=True,
    server="stress-ng",
    options=("--cpu", "1", "--cpu-method", "matrixprod"),
    evidence=(
        Evidence(
            what="samples in four instructions of the stressor, of its samples",
            share=0.941,
            source="perf record -e cpu-clock over 3 s",
        ),
        Evidence(
            what="user time of the stressor, of its CPU time",
            share=0.989,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
    ),
)
