"""Viewers that read a sixth of the stream."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.send-wait.viewers",
    program="yard_camera.py",
    truth=Truth(kind="net.send-wait", resource="network", where="push_frame"),
    thread="stream",
    client="slow_viewers.py",
    evidence=(
        Evidence(
            what="time in sending a picture, of wall time",
            share=1,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in sendto",
            share=1,
            source="/proc/PID/task/TID/syscall x 400",
        ),
        Evidence(
            what="dumps with push_frame on the stack",
            share=1,
            source="py-spy dump x 26 over 4 s",
        ),
    ),
)
