"""A batch each second, and sleep in between."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.batch",
    truth=None,
    program="night_batch.py",
    thread="run_batches",
    evidence=(
        Evidence(
            what="looks that found the batch asleep until it is due",
            share=0.884,
            source="/proc/PID/task/TID/syscall x 110",
        ),
        Evidence(
            what="dumps with run_batches as the innermost function, in its pause",
            share=0.897,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
