"""Six files a second that stay open, far from the limit."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="trend.fd.logs",
    program="tenant_logs.py",
    truth=Truth(kind="trend.fd", resource="fd", where="log_of", object=".log"),
    thread="serve",
    directory=True,
    evidence=(
        Evidence(
            what="looks at which more descriptors were in use than 0.15 s before (6 a second)",
            share=0.833,
            source="/proc/PID/fd x 30 over 4 s",
        ),
        Evidence(
            what="looks that found the only busy thread asleep between visits",
            share=1,
            source="/proc/PID/task/TID/syscall x 120",
        ),
    ),
)
