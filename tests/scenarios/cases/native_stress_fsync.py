"""One stressor writes to a file and has each 4 KB made durable, on a disk of 300 writes a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.stress.fsync",
    truth=Truth(kind="disk.fsync", resource="disk"),
    tree=True,
    server="stress-ng",
    disk=("wiops", 300),
    options=("--hdd", "1", "--hdd-opts", "fsync,wr-seq", "--hdd-bytes", "16M", "--hdd-write-size", "4K"),
    evidence=(
        Evidence(
            what="looks that found the stressor in fsync, state D",
            share=0.968,
            source="/proc/PID/task/TID/syscall x 120",
        ),
        Evidence(
            what="wall time of the stressor that is neither CPU nor run queue",
            share=0.986,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
