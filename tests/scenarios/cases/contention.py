"""Eight threads want one lock, which its holder keeps for 20 ms."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="lock.contention",
    program="device_registry.py",
    truth=Truth(kind="lock.contention", resource="lock", where="update_device"),
    thread="poll",
    evidence=(
        Evidence(
            what="time in acquire, of the pollers' wall time",
            share=0.875,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a poller in futex",
            share=0.873,
            source="/proc/PID/task/TID/syscall x 640",
        ),
        Evidence(
            what="dumps with update_device as the innermost function",
            share=0.996,
            source="py-spy dump x 25 over 4 s",
        ),
    ),
)
