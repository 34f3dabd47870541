"""Five megabytes a second towards the limit of the cgroup."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="trend.memory",
    program="undo_history.py",
    truth=Truth(kind="trend.memory", resource="memory", where="remember_state", also=("memory.leak",)),
    thread="follow_pen",
    memory=700 << 20,
    evidence=(
        Evidence(
            what="looks at which resident memory was more than 0.15 s before (5.1 MB a second)",
            share=0.71,
            source="/proc/PID/stat x 31 over 4 s",
        ),
        Evidence(
            what="looks that found the only busy thread asleep between strokes",
            share=0.983,
            source="/proc/PID/task/TID/syscall x 120",
        ),
    ),
)
