"""Eight threads per CPU for each operation of PyTorch."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="train.threads",
    program="factor_solver.py",
    truth=Truth(kind="cpu.runqueue", resource="scheduler", where="descend"),
    thread="descend",
    requires=("torch",),
    environment="ml",
    evidence=(
        Evidence(
            what="run-queue time of all threads, of that and their CPU time",
            share=0.784,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="time in which somebody waits for a CPU",
            share=0.744,
            source="/proc/pressure/cpu over 4 s",
        ),
    ),
)
