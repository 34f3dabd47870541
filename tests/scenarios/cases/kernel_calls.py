"""A system call for each letter, and little else."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.kernel.calls",
    program="spool_check.py",
    truth=Truth(kind="cpu.kernel", resource="cpu", where="count_new"),
    thread="check_spool",
    directory=True,
    evidence=(
        Evidence(
            what="CPU time of the thread in kernel mode, of its CPU time",
            share=0.707,
            source="/proc/PID/task/TID/stat over 4 s",
        ),
        Evidence(
            what="dumps with count_new as the innermost function",
            share=1,
            source="py-spy dump x 26 over 4 s",
        ),
    ),
)
