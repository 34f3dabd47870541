"""A checkpoint that is made durable after every step, on a disk that writes 300 times a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="train.checkpoint",
    program="station_vectors.py",
    truth=Truth(kind="disk.fsync", resource="disk", where="save_checkpoint", object=".ckpt"),
    thread="fit",
    disk=("wiops", 300),
    directory=True,
    requires=("torch",),
    environment="ml",
    evidence=(
        Evidence(
            what="time in os.fsync, of the loop's wall time",
            share=0.927,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found it in fsync, state D",
            share=0.964,
            source="/proc/PID/task/TID/syscall",
        ),
        Evidence(
            what="dumps with save_checkpoint as the innermost function",
            share=1,
            source="py-spy dump x 22 over 4 s",
        ),
    ),
)
