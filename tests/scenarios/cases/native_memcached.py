"""memcached answers each key by itself: a system call for each."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="native.memcached",
    truth=Truth(kind="cpu.kernel", resource="cpu"),
    server="memcached",
    client="cache_readers.py",
    evidence=(
        Evidence(
            what="samples below sendmsg, of those of its threads",
            share=0.929,
            source="perf record -e cpu-clock over 3 s",
        ),
        Evidence(
            what="system time, of its CPU time",
            share=0.907,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
    ),
)
