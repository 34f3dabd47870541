"""Half a CPU of quota for two threads of native code."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.throttled",
    program="chunk_archive.py",
    truth=Truth(kind="cpu.throttled", resource="cgroup", where="compress_chunk"),
    thread="pack_shard",
    quota=0.5,
    evidence=(
        Evidence(
            what="run-queue wait of the two threads, of their wall time (no one else wants the CPUs)",
            share=0.745,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="periods in which the group was stopped, of all periods",
            share=1.0,
            source="cpu.stat of the group over 4 s",
        ),
        Evidence(
            what="dumps of the workers in compress_chunk",
            share=1.0,
            source="py-spy dump x 20 over 4 s",
        ),
    ),
)
