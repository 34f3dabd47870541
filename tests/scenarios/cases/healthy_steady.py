"""Twenty percent of a core, spread over four connections."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.steady",
    program="steady_server.py",
    truth=None,
    thread="handle",
    client="steady_client.py",
    evidence=(
        Evidence(
            what="time without a request in hand, of the connection threads' wall time",
            share=0.946,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a connection thread in recvfrom",
            share=0.938,
            source="/proc/PID/task/TID/syscall x 320",
        ),
    ),
)
