"""Fresh memory for each frame."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="memory.faults",
    program="frame_mixer.py",
    truth=Truth(kind="memory.faults", resource="memory", where="compose_frame"),
    thread="mix",
    evidence=(
        Evidence(
            what="samples below the kernel's page fault",
            share=0.81,
            source="perf record -e cpu-clock -g over 3 s",
        ),
        Evidence(
            what="CPU time of the thread in kernel mode, of its wall time (381,000 minor faults a second)",
            share=0.917,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
        Evidence(
            what="dumps with compose_frame as the innermost function",
            share=0.903,
            source="py-spy dump x 31 over 4 s",
        ),
    ),
)
