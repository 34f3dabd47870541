"""One stressor forks children that end at once."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.stress.fork",
    truth=Truth(kind="thread.churn", resource="cpu", also=("child.wait",)),
    tree=True,
    server="stress-ng",
    options=("--fork", "1"),
    evidence=(
        Evidence(
            what="looks that found the stressor waiting for a child that does nothing but end",
            share=0.848,
            source="/proc/PID/task/TID/syscall x 46",
        ),
        Evidence(
            what="samples below _Fork, of those of the stressor and its children",
            share=0.683,
            source="perf record -e cpu-clock over 3 s",
        ),
        Evidence(
            what="the same, with page faults (of memory that is copied after a fork)",
            share=0.884,
            source="perf record -e cpu-clock over 3 s",
        ),
    ),
)
