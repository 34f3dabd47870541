"""Pages of 4 KB, one by one, on a disk of 200 writes a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.small-io",
    program="score_table.py",
    truth=Truth(kind="disk.small-io", resource="disk", where="add_score", object=".table"),
    thread="play",
    disk=("wiops", 200),
    directory=True,
    evidence=(
        Evidence(
            what="time in reading and writing pages, of wall time",
            share=0.998,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in pwrite, state D",
            share=0.988,
            source="/proc/PID/task/TID/syscall x 190",
        ),
        Evidence(
            what="dumps with add_score as the innermost function",
            share=0.955,
            source="py-spy dump x 22 over 4 s",
        ),
    ),
)
