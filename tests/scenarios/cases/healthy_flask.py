"""Flask under gunicorn at a seventh of a core."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.flask",
    truth=None,
    program="flask_maps.py",
    thread="run",
    tree=True,
    client="http_clients.py",
    client_options=("3", "0.15"),
    options=("--size", "100"),
    environment="scenarios",
    requires=("flask", "gunicorn"),
    evidence=(
        Evidence(
            what="looks that found the worker or the master in a poll or a pause",
            share=0.895,
            source="/proc/PID/task/TID/syscall x 220",
        ),
        Evidence(
            what="dumps in wait or wait_for_signals",
            share=0.904,
            source="py-spy dump x 26 over 4 s",
        ),
    ),
)
