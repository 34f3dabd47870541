"""Five megabytes a second, without haste."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.bulk",
    truth=None,
    program="log_shipper.py",
    thread="ship_logs",
    peer="log_sink.py",
    evidence=(
        Evidence(
            what="looks that found the shipper asleep until its next block",
            share=0.676,
            source="/proc/PID/task/TID/syscall x 110",
        ),
        Evidence(
            what="wall time of the shipper without CPU",
            share=0.812,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
