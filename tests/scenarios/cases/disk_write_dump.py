"""A batch that appends blocks of 4 MB, on a disk that writes 30 MB a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.write.dump",
    program="table_dump.py",
    truth=Truth(kind="disk.write", resource="disk", where="flush_block", object=".dump"),
    thread="export_all",
    disk=("wbps", 30 << 20),
    directory=True,
    evidence=(
        Evidence(
            what="time in writing a block, of wall time",
            share=0.891,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in write, state D",
            share=0.934,
            source="/proc/PID/task/TID/syscall x 80",
        ),
        Evidence(
            what="dumps with flush_block as the innermost function",
            share=1,
            source="py-spy dump x 20 over 4 s",
        ),
    ),
)
