"""A memo whose keys never come again."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="memory.leak.memo",
    program="fare_quotes.py",
    truth=Truth(kind="memory.leak", resource="memory", where="quote_for"),
    thread="main",
    evidence=(
        Evidence(
            what="looks at which resident memory was more than 0.15 s before (5.7 MB a second)",
            share=1,
            source="/proc/PID/statm x 29 over 4 s",
        ),
        Evidence(
            what="wall time in which the only busy thread neither ran nor wanted to",
            share=0.973,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
