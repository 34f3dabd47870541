"""Each letter wakes forty sorters, of which one has work."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.gil.herd",
    program="letter_tray.py",
    truth=Truth(kind="cpu.gil", resource="gil", where="exchange", pattern="thundering herd"),
    thread="sort",
    evidence=(
        Evidence(
            what="looks that found a sorter in futex",
            share=0.929,
            source="/proc/PID/task/TID/syscall x 1400",
        ),
        Evidence(
            what="dumps with exchange on the stack",
            share=1,
            source="py-spy dump x 9 over 4 s",
        ),
        Evidence(
            what="wakes that found nothing to do",
            share=0.842,
            source="counted in the target's loop over 4 s",
        ),
    ),
)
