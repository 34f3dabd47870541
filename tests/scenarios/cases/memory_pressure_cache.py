"""144 MB of files under a limit of 96 MB, on a disk that reads 60 MB a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="memory.pressure.cache",
    truth=Truth(kind="memory.pressure", resource="memory", where="read_rows", object=".table"),
    program="table_scan.py",
    thread="scan_all",
    memory=96 << 20,
    disk=("rbps", 60 << 20),
    directory=True,
    evidence=(
        Evidence(
            what="bytes not read because of the limit: 63 MB a second with it, 691 without",
            share=0.909,
            source="/proc/PID/io over 4 s",
        ),
        Evidence(
            what="time in os.read, of wall time",
            share=0.905,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in read, state D",
            share=0.764,
            source="/proc/PID/task/TID/syscall x 80",
        ),
    ),
)
