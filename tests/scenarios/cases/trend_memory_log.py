"""Small tuples towards the limit of the cgroup."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="trend.memory.log",
    program="search_log.py",
    truth=Truth(kind="trend.memory", resource="memory", where="remember_search", also=("memory.leak",)),
    thread="answer_searches",
    memory=300 << 20,
    evidence=(
        Evidence(
            what="looks at which resident memory was more than 0.25 s before (1.5 MB a second)",
            share=0.96,
            source="/proc/PID/statm x 25 over 8 s",
        ),
        Evidence(
            what="looks that found the only busy thread asleep between searches",
            share=0.935,
            source="/proc/PID/task/TID/syscall x 110",
        ),
    ),
)
