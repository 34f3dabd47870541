"""Healthy: a model that learns from what comes in five times a second."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.learner",
    program="drift_monitor.py",
    truth=None,
    thread="main",
    directory=True,
    requires=("torch",),
    environment="ml",
    evidence=(
        Evidence(
            what="looks that found it in clock_nanosleep",
            share=0.987,
            source="/proc/PID/task/TID/syscall",
        ),
        Evidence(
            what="time without CPU, of wall time",
            share=0.992,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
