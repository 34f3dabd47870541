"""A thread for each alarm."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="thread.churn",
    program="alarm_fanout.py",
    truth=Truth(kind="thread.churn", resource="cpu", where="dispatch_alarm"),
    thread="fan_out",
    evidence=(
        Evidence(
            what="alarms not passed on because of the threads: 4,500 a second with them, 690,000 without",
            share=0.993,
            source="the same functions in a loop over 2 s",
        ),
        Evidence(
            what="dumps with dispatch_alarm on the stack",
            share=1,
            source="py-spy dump x 28 over 4 s",
        ),
    ),
)
