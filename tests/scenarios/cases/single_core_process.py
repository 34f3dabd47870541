"""A whole process bound to one CPU."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.single-core.process",
    program="page_archive.py",
    truth=Truth(kind="cpu.single-core", resource="cpu", where="pack_page"),
    thread="pack_all",
    evidence=(
        Evidence(
            what="run-queue wait of the six threads, of their wall time",
            share=0.835,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="dumps with pack_page as the innermost function",
            share=1.0,
            source="py-spy dump x 42 over 4 s",
        ),
    ),
)
