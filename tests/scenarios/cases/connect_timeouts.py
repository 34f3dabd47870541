"""Attempts that end in the time-out before there is a connection."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.connect.timeouts",
    truth=Truth(kind="net.connect", resource="network", where="dial_label"),
    program="shelf_probe.py",
    thread="probe",
    peer="busy_collector.py",
    evidence=(
        Evidence(
            what="time in connect, of wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in poll or restarting it (of the connect)",
            share=1,
            source="/proc/PID/task/TID/syscall x 560",
        ),
        Evidence(
            what="dumps with dial_label on the stack",
            share=1,
            source="py-spy dump x 28 over 4 s",
        ),
    ),
)
