"""A template compiled anew for each page."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code.templates",
    program="recipe_site.py",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="compile_template"),
    thread="main",
    evidence=(
        Evidence(
            what="dumps with compile_template as the innermost function",
            share=1,
            source="py-spy dump x 27 over 4 s",
        ),
        Evidence(
            what="wall time in which the thread ran or wanted to, on a host that was busy",
            share=0.982,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
