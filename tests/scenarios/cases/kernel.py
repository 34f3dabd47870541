"""A megabyte of random numbers for each system call."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.kernel",
    program="one_time_pads.py",
    truth=Truth(kind="cpu.kernel", resource="cpu", where="draw_pad"),
    thread="fill_shelf",
    evidence=(
        Evidence(
            what="CPU time of the thread in kernel mode, of its wall time",
            share=0.983,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
        Evidence(
            what="dumps with draw_pad as the innermost function",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
