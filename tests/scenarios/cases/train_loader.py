"""A training loop whose two loader workers sleep."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="train.loader",
    program="slide_reader.py",
    truth=Truth(kind="child.wait", resource="child", where="_next_data"),
    thread="main",
    requires=("torch",),
    environment="ml",
    evidence=(
        Evidence(
            what="time in waiting for the next batch, of wall time",
            share=0.992,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="dumps with _next_data on the stack",
            share=1,
            source="py-spy dump x 31 over 4 s",
        ),
        Evidence(
            what="looks that found the loop in poll",
            share=0.975,
            source="/proc/PID/task/TID/syscall",
        ),
    ),
)
