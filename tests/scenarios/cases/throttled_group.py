"""0.4 CPUs of quota for three processes."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.throttled.group",
    truth=Truth(kind="cpu.throttled", resource="cgroup", where="shrink_picture"),
    program="thumbnail_farm.py",
    thread="work",
    tree=True,
    quota=0.4,
    evidence=(
        Evidence(
            what="periods in which the group was stopped, of all periods",
            share=1,
            source="cpu.stat of the group over 4 s",
        ),
        Evidence(
            what="run-queue wait of the three processes, of their wall time",
            share=0.861,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="dumps with shrink_picture on the stack",
            share=1,
            source="py-spy dump x 14 over 4 s",
        ),
    ),
)
