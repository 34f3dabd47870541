"""Cold files, on a disk that reads 40 MB a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.read",
    program="segment_verify.py",
    truth=Truth(kind="disk.read", resource="disk", where="read_block", object=".segment"),
    thread="verify_all",
    disk=("rbps", 40 << 20),
    directory=True,
    evidence=(
        Evidence(
            what="time in os.read, of wall time",
            share=0.98,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in read, state D",
            share=1,
            source="/proc/PID/task/TID/syscall x 90",
        ),
        Evidence(
            what="dumps with read_block as the innermost function",
            share=1,
            source="py-spy dump x 22 over 4 s",
        ),
    ),
)
