"""A line of shell for each question."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="child.wait.shell",
    program="attachment_sizes.py",
    truth=Truth(kind="child.wait", resource="child", where="packed_size"),
    thread="tell_sizes",
    directory=True,
    evidence=(
        Evidence(
            what="time in subprocess.check_output, of wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a clerk in read (of the last command's pipe)",
            share=0.974,
            source="/proc/PID/task/TID/syscall x 200",
        ),
        Evidence(
            what="dumps with packed_size on the stack",
            share=1,
            source="py-spy dump x 25 over 4 s",
        ),
    ),
)
