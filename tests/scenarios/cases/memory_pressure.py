"""A mapped file of 256 MB under a limit of 80 MB, on a disk that reads 8 MB a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="memory.pressure",
    program="tile_map.py",
    truth=Truth(kind="memory.pressure", resource="memory", where="load_tile", object=".tiles"),
    thread="draw_all",
    memory=80 << 20,
    disk=("rbps", 8 << 20),
    directory=True,
    evidence=(
        Evidence(
            what="drawing (user CPU time) not done because of the limit: 0.03 s with it, 3.84 s without",
            share=0.992,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
        Evidence(
            what="time in reading one tile from the mapping, of wall time",
            share=0.995,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in a page fault, state D",
            share=0.94,
            source="/proc/PID/task/TID/syscall x 100",
        ),
    ),
)
