"""A view of Django with a query for each row."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.django",
    truth=Truth(kind="net.peer-wait", resource="network", where="name_customer"),
    program="django_orders.py",
    thread="list_orders",
    tree=True,
    server="postgres",
    peer="far_database.py",
    client="http_clients.py",
    client_options=("1", "0"),
    environment="scenarios",
    requires=("django", "gunicorn", "psycopg"),
    evidence=(
        Evidence(
            what="dumps with wait, below name_customer, as the innermost function",
            share=0.84,
            source="py-spy dump x 25 over 4 s",
        ),
        Evidence(
            what="looks that found the worker in poll (of the database's answer)",
            share=0.75,
            source="/proc/PID/task/TID/syscall x 100",
        ),
    ),
)
