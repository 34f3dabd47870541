"""A process for each connection."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="thread.churn.fork",
    truth=Truth(kind="thread.churn", resource="cpu", where="keep_table"),
    program="dice_server.py",
    thread="keep_table",
    client="dice_players.py",
    evidence=(
        Evidence(
            what="system time of the server, of its CPU time; it does nothing but fork, accept and close",
            share=0.951,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
        Evidence(
            what="dumps with process_request, where the fork is, as the innermost function",
            share=0.741,
            source="py-spy dump x 28 over 4 s",
        ),
    ),
)
