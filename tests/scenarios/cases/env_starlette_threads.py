"""Plain functions of Starlette, in threads, that ask a slow service by httpx."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.starlette",
    truth=Truth(kind="net.peer-wait", resource="network", where="ask_harbour"),
    program="ferry_times.py",
    thread="show_ferry",
    peer="payment_provider.py",
    client="http_players.py",
    environment="scenarios",
    requires=("uvicorn", "starlette", "httpx"),
    evidence=(
        Evidence(
            what="dumps of the endpoint's threads with read, below ask_harbour, as the innermost function",
            share=0.956,
            source="py-spy dump x 27 over 4 s",
        ),
        Evidence(
            what="wall time of these threads that is neither CPU nor run queue",
            share=0.942,
            source="/proc/PID/task/TID/schedstat over 4 s",
        ),
    ),
)
