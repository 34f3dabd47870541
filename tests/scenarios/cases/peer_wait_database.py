"""Each answer waits for a sequential scan in PostgreSQL, through psycopg."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.database",
    program="order_history.py",
    truth=Truth(kind="net.peer-wait", resource="network", where="load_orders", object="postgres"),
    thread="answer_all",
    server="postgres",
    requires=("psycopg",),
    evidence=(
        Evidence(
            what="time in the query, of the workers' wall time",
            share=0.999,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a worker in poll",
            share=0.969,
            source="/proc/PID/task/TID/syscall x 160",
        ),
        Evidence(what="dumps with load_orders on the stack", share=1.0, source="py-spy dump x 25 over 4 s"),
    ),
)
