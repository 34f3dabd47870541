"""Three threads of native code, all bound to one CPU of a host that has more."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.single-core",
    program="password_check.py",
    truth=Truth(kind="cpu.single-core", resource="cpu", where="hash_password"),
    thread="check_list",
    evidence=(
        Evidence(
            what="run-queue wait of the three threads, of their wall time (no one else wants the CPUs)",
            share=0.656,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
        Evidence(
            what="the same, as the target saw it",
            share=0.61,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="dumps with hash_password as the innermost function",
            share=1,
            source="py-spy dump x 24 over 4 s",
        ),
    ),
)
