"""A collector that accepts four connections a second, for four who want one."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.connect",
    program="meter_push.py",
    truth=Truth(kind="net.connect", resource="network", where="open_channel"),
    thread="push_readings",
    peer="busy_collector.py",
    evidence=(
        Evidence(
            what="time in create_connection, of wall time",
            share=1,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in poll or restarting it (of the connect)",
            share=1,
            source="/proc/PID/task/TID/syscall x 450",
        ),
        Evidence(
            what="dumps with open_channel on the stack",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
