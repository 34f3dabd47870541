"""A converter for each worker, asked through pipes."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="child.wait.pipe",
    truth=Truth(kind="child.wait", resource="child", where="ask_converter"),
    program="page_converter.py",
    thread="work_through",
    evidence=(
        Evidence(
            what="time in reading from the converter, of wall time",
            share=0.939,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a worker in read (of the converter's pipe)",
            share=0.881,
            source="/proc/PID/task/TID/syscall x 300",
        ),
        Evidence(
            what="dumps with ask_converter as the innermost function",
            share=0.988,
            source="py-spy dump x 28 over 4 s",
        ),
    ),
)
