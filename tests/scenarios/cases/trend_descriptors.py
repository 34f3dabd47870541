"""Forty sockets a second that are never closed."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="trend.fd",
    program="ticker_clients.py",
    truth=Truth(kind="trend.fd", resource="fd", where="subscribe", object="socket", also=("fd.exhaustion",)),
    thread="run",
    evidence=(
        Evidence(
            what="looks at which more descriptors were in use than 0.15 s before (40 a second)",
            share=1,
            source="/proc/PID/fd x 29 over 4 s",
        ),
        Evidence(
            what="descriptors that are sockets",
            share=0.995,
            source="/proc/PID/fd",
        ),
    ),
)
