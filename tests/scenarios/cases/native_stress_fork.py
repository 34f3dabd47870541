"""One stressor forks children that end at once."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.stress.fork",
    truth=Truth(kind="thread.churn", resource="cpu"),
    tree=True,
    server="stress-ng",
    options=("--fork", "1"),
    evidence=(
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
