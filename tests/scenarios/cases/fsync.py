"""A journal that is made durable batch by batch, on a fast disk."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="disk.fsync",
    program="event_journal.py",
    truth=Truth(kind="disk.fsync", resource="disk", where="append_batch", object=".journal"),
    thread="write_events",
    directory=True,
    evidence=(
        Evidence(
            what="time in os.fsync, of the writer's wall time",
            share=0.801,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="seconds in fsync per second of the run",
            share=0.664,
            source="strace -f -c -w around the target for 4 s",
        ),
        Evidence(
            what="dumps with append_batch as the innermost function",
            share=0.968,
            source="py-spy dump x 31 over 4 s",
        ),
    ),
)
