"""Eight readers on a device that serves 200 requests a second."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.saturated",
    program="volume_scrub.py",
    truth=Truth(kind="disk.saturated", resource="disk", where="read_extent", object="loop"),
    thread="scrub",
    disk=("riops", 200),
    device=128 << 20,
    evidence=(
        Evidence(
            what="time in which the device had requests (7.9 of them on average)",
            share=1,
            source="/sys/block/loop0/stat over 4 s",
        ),
        Evidence(
            what="time in os.preadv, of wall time",
            share=0.989,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in preadv2, state D",
            share=0.979,
            source="/proc/PID/task/TID/syscall x 640",
        ),
    ),
)
