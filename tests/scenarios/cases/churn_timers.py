"""A timer for each egg."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="thread.churn.timers",
    program="egg_timers.py",
    truth=Truth(kind="thread.churn", resource="cpu", where="set_timer"),
    thread="boil_eggs",
    evidence=(
        Evidence(
            what="eggs not boiled because of the threads: 3,900 a second, of 40,000 that there is room for",
            share=0.902,
            source="print-out of the target over 4 s",
        ),
        Evidence(
            what="dumps with set_timer on the stack",
            share=0.964,
            source="py-spy dump x 28 over 4 s",
        ),
    ),
)
