"""A pool whose tasks and results are all pickles."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code.pickles",
    truth=Truth(kind="cpu.hot-code", resource="cpu"),
    program="sensor_matrix.py",
    tree=True,
    evidence=(
        Evidence(
            what="user time of all processes, of their CPU time",
            share=0.792,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
        Evidence(
            what="samples in the pickle module and in the interpreter, which makes and frees the objects",
            share=0.714,
            source="perf record -e cpu-clock over 3 s",
        ),
    ),
)
