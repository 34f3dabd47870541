"""Four stressors for each CPU that compute."""

import os

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.stress.crowd",
    truth=Truth(kind="cpu.runqueue", resource="scheduler"),
    tree=True,
    server="stress-ng",
    options=("--cpu", str(4 * (os.cpu_count() or 1)), "--cpu-method", "matrixprod"),
    evidence=(
        Evidence(
            what="run-queue wait of the stressors, of their wall time",
            share=0.907,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="looks that found a stressor ready or running",
            share=1,
            source="/proc/PID/task/TID/stat x 900",
        ),
    ),
)
