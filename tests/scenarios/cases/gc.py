"""The collector runs every fifty containers and takes most of the loader's time."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.gc",
    program="graph_loader.py",
    truth=Truth(kind="cpu.gc", resource="cpu", where="add_node"),
    thread="run",
    evidence=(
        Evidence(
            what="time between the start and stop of collections, of wall time",
            share=0.825,
            source="gc.callbacks, truth log over 4 s",
        ),
        Evidence(
            what="dumps of the loader with add_node on the stack",
            share=1.0,
            source="py-spy dump x 31 over 4 s",
        ),
    ),
)
