"""A view of Flask that computes."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.hot-code.flask",
    truth=Truth(kind="cpu.hot-code", resource="cpu", where="interpolate_heights"),
    program="flask_maps.py",
    thread="draw_map",
    tree=True,
    client="http_clients.py",
    client_options=("1", "0"),
    options=("--size", "250"),
    environment="scenarios",
    requires=("flask", "gunicorn"),
    evidence=(
        Evidence(
            what="dumps with interpolate_heights on the stack of the view",
            share=0.692,
            source="py-spy dump x 28 over 4 s",
        ),
        Evidence(
            what="looks that found the worker running or ready",
            share=0.946,
            source="/proc/PID/task/TID/stat x 110",
        ),
    ),
)
