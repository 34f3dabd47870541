"""Augmentation in pure Python in the threads of a pool, before each step."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="train.mixing",
    program="spectrum_mixer.py",
    truth=Truth(kind="cpu.gil", resource="gil", where="jitter"),
    thread="jitter",
    requires=("torch",),
    environment="ml",
    evidence=(
        Evidence(
            what="looks that found a mixer in futex",
            share=0.774,
            source="/proc/PID/task/TID/syscall",
        ),
        Evidence(
            what="dumps with jitter on the stack",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
        Evidence(
            what="time of a mixer neither on a CPU nor in the run queue",
            share=0.781,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
