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
            what="throttled seconds of all CPUs per second of wall time, of 2 threads",
            share=0.725,
            source="cpu.stat of the group, throttled_time over 4 s",
        ),
        Evidence(
            what="dumps of the workers in compress_chunk",
            share=1.0,
            source="py-spy dump x 20 over 4 s",
        ),
    ),
)
