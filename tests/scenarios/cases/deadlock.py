"""Two clerks that lock two warehouses in opposite orders."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="lock.contention.deadlock",
    program="stock_transfers.py",
    truth=Truth(kind="lock.contention", resource="lock", where="move_stock", pattern="deadlock"),
    thread="clerk",
    evidence=(
        Evidence(
            what="time in acquire, of the clerks' wall time",
            share=1,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a clerk in futex",
            share=1,
            source="/proc/PID/task/TID/syscall x 240",
        ),
        Evidence(
            what="dumps with move_stock as the innermost function",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
