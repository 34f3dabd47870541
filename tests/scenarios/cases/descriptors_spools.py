"""Spool files of jobs that have ended."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="fd.exhaustion.spools",
    program="job_starter.py",
    truth=Truth(kind="fd.exhaustion", resource="fd", where="open_spool", object="/tmp/", also=("trend.fd",)),
    thread="schedule",
    evidence=(
        Evidence(
            what="descriptors in use, of those allowed, as it begins (451 four seconds later)",
            share=0.85,
            source="/proc/PID/fd",
        ),
        Evidence(
            what="descriptors that are files in /tmp",
            share=0.99,
            source="/proc/PID/fd",
        ),
    ),
)
