"""Shared mappings that are never given back, towards the limit of the cgroup."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="trend.memory.shared",
    program="print_previews.py",
    truth=Truth(kind="trend.memory", resource="memory", where="draw_preview", also=("memory.leak",)),
    thread="serve_printers",
    memory=500 << 20,
    evidence=(
        Evidence(
            what="looks at which resident memory was more than 0.25 s before (3 MB a second)",
            share=0.968,
            source="/proc/PID/statm x 31 over 8 s",
        ),
        Evidence(
            what="looks that found the only busy thread asleep between previews",
            share=1,
            source="/proc/PID/task/TID/syscall x 100",
        ),
    ),
)
