"""Three sync workers under gunicorn, each waiting for a bank."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="tree.gunicorn",
    truth=Truth(kind="net.peer-wait", resource="network", where="fetch_rate"),
    program="wsgi_invoices.py",
    thread="fetch_rate",
    tree=True,
    peer="payment_provider.py",
    client="http_clients.py",
    requires=("gunicorn",),
    evidence=(
        Evidence(
            what="dumps with fetch_rate on the stack of a worker, in a read",
            share=1,
            source="py-spy dump x 20 over 4 s",
        ),
        Evidence(
            what="looks that found a worker in recvfrom",
            share=0.909,
            source="/proc/PID/task/TID/syscall x 240",
        ),
    ),
)
