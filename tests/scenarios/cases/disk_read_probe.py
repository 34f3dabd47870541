"""A pool that reads parts of cold files, on a disk that reads 30 MB a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.read.probe",
    program="media_probe.py",
    truth=Truth(kind="disk.read", resource="disk", where="read_container", object=".mkv"),
    thread="probe",
    disk=("rbps", 30 << 20),
    directory=True,
    evidence=(
        Evidence(
            what="time in seeking and reading, of the pool's wall time",
            share=0.922,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread of the pool in read, state D",
            share=0.902,
            source="/proc/PID/task/TID/syscall x 100",
        ),
        Evidence(
            what="dumps with read_container as the innermost function",
            share=1,
            source="py-spy dump x 15 over 4 s",
        ),
    ),
)
