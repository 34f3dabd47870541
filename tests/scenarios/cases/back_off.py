"""Workers with mail in hand sleep between attempts."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="sleep",
    program="mail_outbox.py",
    truth=Truth(kind="sleep", resource="sleep", where="back_off"),
    thread="deliver_all",
    evidence=(
        Evidence(
            what="time in the pause, of the senders' wall time",
            share=0.996,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a sender in clock_nanosleep",
            share=0.989,
            source="/proc/PID/task/TID/syscall x 260",
        ),
        Evidence(
            what="dumps with back_off as the innermost function",
            share=0.989,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
