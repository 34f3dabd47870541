"""A server without traffic."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.idle",
    program="idle_server.py",
    truth=None,
    thread="serve_forever",
    evidence=(
        Evidence(
            what="looks that found the server thread in poll or restarting it",
            share=1.0,
            source="/proc/PID/task/TID/syscall x 80",
        ),
        Evidence(what="dumps in select under serve_forever", share=1.0, source="py-spy dump x 25 over 4 s"),
    ),
)
