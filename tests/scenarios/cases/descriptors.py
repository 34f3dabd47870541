"""Documents that stay open."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="fd.exhaustion",
    program="document_index.py",
    truth=Truth(kind="fd.exhaustion", resource="fd", where="open_document", object=".text"),
    thread="add_all",
    directory=True,
    evidence=(
        Evidence(
            what="descriptors in use, of those allowed",
            share=1,
            source="/proc/PID/fd",
        ),
        Evidence(
            what="descriptors that are documents",
            share=0.985,
            source="/proc/PID/fd",
        ),
        Evidence(
            what="looks that found the thread asleep before the next attempt",
            share=1,
            source="/proc/PID/task/TID/syscall x 110",
        ),
    ),
)
