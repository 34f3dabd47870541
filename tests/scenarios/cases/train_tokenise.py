"""A tokeniser in Python between the steps of a training loop whose loader has no workers."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="train.tokenise",
    program="review_ranker.py",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="tokenise"),
    thread="train_epoch",
    requires=("torch",),
    environment="ml",
    evidence=(
        Evidence(
            what="dumps with tokenise on the stack",
            share=0.759,
            source="py-spy dump x 29 over 4 s",
        ),
        Evidence(
            what="CPU time of the loop, of its wall time",
            share=0.945,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
