"""Nodes of 4 KB from all over a file, on a disk of 300 reads a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.small-io.index",
    program="place_index.py",
    truth=Truth(kind="disk.small-io", resource="disk", where="read_node", object=".bt"),
    thread="answer_all",
    disk=("riops", 300),
    directory=True,
    evidence=(
        Evidence(
            what="time in os.pread, of wall time",
            share=0.983,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in pread, state D",
            share=0.912,
            source="/proc/PID/task/TID/syscall x 80",
        ),
        Evidence(
            what="dumps with read_node as the innermost function",
            share=1,
            source="py-spy dump x 20 over 4 s",
        ),
    ),
)
