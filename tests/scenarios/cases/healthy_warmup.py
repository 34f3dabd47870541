"""A cache that fills for three seconds."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.warm-up",
    truth=None,
    program="catalogue_warmup.py",
    thread="handle",
    client="line_clients.py",
    client_options=("4", "0.1"),
    evidence=(
        Evidence(
            what="time without a request in hand: looks that found a connection thread in recvfrom",
            share=1,
            source="/proc/PID/task/TID/syscall x 460",
        ),
        Evidence(
            what="growth in the first six seconds, of all growth in sixty (200 MB)",
            share=1,
            source="/proc/PID/status",
        ),
    ),
)
