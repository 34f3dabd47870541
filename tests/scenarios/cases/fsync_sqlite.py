"""A transaction for each receipt, on a disk of 300 writes a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.fsync.sqlite",
    program="till_receipts.py",
    truth=Truth(
        kind="disk.fsync", resource="disk", where="write_receipt", object=".sqlite3", pattern="per-row commit"
    ),
    thread="serve",
    disk=("wiops", 300),
    directory=True,
    evidence=(
        Evidence(
            what="time in the insert with its commit, of wall time",
            share=0.997,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in fdatasync, state D",
            share=0.825,
            source="/proc/PID/task/TID/syscall x 84",
        ),
        Evidence(
            what="dumps with write_receipt as the innermost function",
            share=1,
            source="py-spy dump x 21 over 4 s",
        ),
    ),
)
