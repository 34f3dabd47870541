"""A question to Redis for each key."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.redis",
    truth=Truth(kind="net.peer-wait", resource="network", where="read_singer"),
    program="choir_lists.py",
    thread="print_lists",
    server="redis",
    peer="far_database.py",
    environment="scenarios",
    requires=("redis",),
    evidence=(
        Evidence(
            what="time in GET, of wall time",
            share=0.996,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in poll (of the answer)",
            share=0.812,
            source="/proc/PID/task/TID/syscall x 110",
        ),
        Evidence(
            what="dumps with _read_from_socket, below read_singer, as the innermost function",
            share=0.931,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
