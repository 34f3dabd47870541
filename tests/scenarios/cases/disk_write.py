"""Blocks of 1 MB to a disk that writes 40 MB a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.write",
    program="camera_store.py",
    truth=Truth(kind="disk.write", resource="disk", where="store_block", object=".ring"),
    thread="record_camera",
    disk=("wbps", 40 << 20),
    directory=True,
    evidence=(
        Evidence(
            what="time in os.pwrite, of wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in pwrite, state D",
            share=1,
            source="/proc/PID/task/TID/syscall x 190",
        ),
        Evidence(
            what="dumps with store_block as the innermost function",
            share=1,
            source="py-spy dump x 23 over 4 s",
        ),
    ),
)
