"""Three hundred questions to a peer instead of one."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.chatty",
    program="timetable_pages.py",
    truth=Truth(kind="net.peer-wait", resource="network", where="get_departure", pattern="n+1"),
    thread="build_pages",
    peer="distant_cache.py",
    evidence=(
        Evidence(
            what="time in waiting for the line, of wall time",
            share=0.969,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found the thread in recvfrom",
            share=0.83,
            source="/proc/PID/task/TID/syscall x 116",
        ),
        Evidence(
            what="dumps with get_departure on the stack",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
