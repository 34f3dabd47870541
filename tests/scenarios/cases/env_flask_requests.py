"""Four threads of Flask that ask a slow service by requests."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.flask",
    truth=Truth(kind="net.peer-wait", resource="network", where="fetch_weather"),
    program="flask_weather.py",
    thread="fetch_weather",
    tree=True,
    peer="payment_provider.py",
    client="http_clients.py",
    client_options=("6", "0"),
    environment="scenarios",
    requires=("flask", "gunicorn", "requests"),
    evidence=(
        Evidence(
            what="dumps with fetch_weather on the stack",
            share=1,
            source="py-spy dump x 26 over 4 s",
        ),
        Evidence(
            what="looks that found a thread in poll or restarting it (of the answer)",
            share=0.855,
            source="/proc/PID/task/TID/syscall x 400",
        ),
    ),
)
