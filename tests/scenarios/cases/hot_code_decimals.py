"""Decimals added up row by row."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code.decimals",
    program="ledger_totals.py",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="add_row"),
    thread="main",
    evidence=(
        Evidence(
            what="dumps with add_row as the innermost function",
            share=0.815,
            source="py-spy dump x 27 over 4 s",
        ),
        Evidence(
            what="wall time in which the thread ran or wanted to, on a host that was busy",
            share=0.986,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
