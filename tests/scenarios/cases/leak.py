"""Sessions that are never forgotten."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="memory.leak",
    program="session_store.py",
    truth=Truth(kind="memory.leak", resource="memory", where="open_session"),
    thread="receive_logins",
    evidence=(
        Evidence(
            what="looks at which resident memory was more than 0.15 s before (7.1 MB a second)",
            share=1,
            source="/proc/PID/stat x 28 over 4 s",
        ),
        Evidence(
            what="looks that found the only busy thread asleep between logins",
            share=0.926,
            source="/proc/PID/task/TID/syscall x 110",
        ),
    ),
)
