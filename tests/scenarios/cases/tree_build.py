"""A driver and the short lives of its compilers."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="tree.build",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="fold_constants"),
    program="build_driver.py",
    thread="compile_unit",
    tree=True,
    evidence=(
        Evidence(
            what="dumps of compilers with fold_constants as the innermost function",
            share=0.923,
            source="py-spy dump x 26 over 4 s",
        ),
        Evidence(
            what="looks that found a living compiler running or ready",
            share=0.96,
            source="/proc/PID/task/TID/stat x 160",
        ),
    ),
)
