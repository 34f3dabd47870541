"""gunicorn without traffic."""

from tests.scenarios.truth import Evidence, Scenario

SCENARIO = Scenario(
    name="healthy.gunicorn",
    truth=None,
    program="wsgi_invoices.py",
    thread="run",
    tree=True,
    options=("--peer", "0"),
    requires=("gunicorn",),
    evidence=(
        Evidence(
            what="looks that found a worker or the master in pselect6 or a wait",
            share=0.985,
            source="/proc/PID/task/TID/syscall x 430",
        ),
        Evidence(
            what="dumps in wait or wait_for_signals",
            share=0.985,
            source="py-spy dump x 18 over 4 s",
        ),
    ),
)
