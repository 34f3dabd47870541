"""Three readers on a device that another process keeps full."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.saturated.neighbour",
    program="snapshot_store.py",
    truth=Truth(kind="disk.saturated", resource="disk", where="fetch_piece", object="loop"),
    thread="restore",
    disk=("riops", 200),
    device=128 << 20,
    evidence=(
        Evidence(
            what="reads under way that are of the other process (10 of 13)",
            share=0.769,
            source="the two programs: each thread has one",
        ),
        Evidence(
            what="time in os.preadv, of wall time",
            share=0.995,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in preadv2, state D",
            share=0.974,
            source="/proc/PID/task/TID/syscall x 150",
        ),
    ),
)
