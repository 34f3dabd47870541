"""A regular expression that backtracks."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code.native",
    program="mail_filter.py",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="match_rule"),
    thread="filter_mail",
    evidence=(
        Evidence(
            what="dumps with match_rule as the innermost function",
            share=1,
            source="py-spy dump x 22 over 4 s",
        ),
        Evidence(
            what="looks that found the thread running or ready",
            share=0.988,
            source="/proc/PID/task/TID/stat x 88",
        ),
    ),
)
