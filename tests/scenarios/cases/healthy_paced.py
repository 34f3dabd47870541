"""Workers in step with what brings them work, pollers and a timer."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.paced",
    program="bed_sensors.py",
    truth=None,
    thread="take_readings",
    evidence=(
        Evidence(
            what="time in queue.get, of the workers' wall time",
            share=0.676,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a worker in futex",
            share=0.694,
            source="/proc/PID/task/TID/syscall x 624",
        ),
    ),
)
