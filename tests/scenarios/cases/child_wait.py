"""A command of its own for each preview."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="child.wait",
    program="preview_shell.py",
    truth=Truth(kind="child.wait", resource="child", where="render_preview", object="sort"),
    thread="serve_previews",
    directory=True,
    evidence=(
        Evidence(
            what="time in subprocess.run, of the workers' wall time",
            share=0.99,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a worker in poll or wait4 (the pipes of the child, the child)",
            share=0.942,
            source="/proc/PID/task/TID/syscall x 230",
        ),
        Evidence(
            what="dumps with render_preview on the stack",
            share=0.983,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
