"""Children that take turns in accept, with little to do."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.prefork",
    program="prefork_notices.py",
    truth=None,
    thread="serve_notices",
    tree=True,
    client="http_clients.py",
    client_options=("2", "0.15"),
    evidence=(
        Evidence(
            what="looks that found a child in futex or accept4",
            share=0.971,
            source="/proc/PID/task/TID/syscall x 240",
        ),
        Evidence(
            what="dumps with a child in accept or in taking its turn",
            share=1,
            source="py-spy dump x 64 over 4 s",
        ),
    ),
)
