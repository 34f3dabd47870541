"""A canvas of its own for each tile."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="memory.faults.canvas",
    program="sky_mosaic.py",
    truth=Truth(kind="memory.faults", resource="memory", where="blank_canvas", also=("cpu.kernel",)),
    thread="paint",
    evidence=(
        Evidence(
            what="system time of the thread, of its CPU time",
            share=0.92,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
        Evidence(
            what="dumps with blank_canvas as the innermost function",
            share=1.0,
            source="py-spy dump x 7 over 4 s",
        ),
    ),
)
