"""An UPDATE in PostgreSQL waits for the lock of a row that another session, idle in its transaction, has."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.peer-wait.row-lock",
    program="seat_plan.py",
    truth=Truth(kind="net.peer-wait", resource="network", where="take_seat", object="postgres"),
    thread="book_all",
    server="postgres",
    client="forgotten_session.py",
    requires=("psycopg",),
    evidence=(
        Evidence(
            what="time in the update, of the workers' wall time",
            share=1.0,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a worker in poll, or in it again",
            share=0.942,
            source="/proc/PID/task/TID/syscall",
        ),
        Evidence(what="dumps with take_seat on the stack", share=1.0, source="py-spy dump over 4 s"),
    ),
)
