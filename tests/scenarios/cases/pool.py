"""Three connections for fourteen threads."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted",
    program="parcel_quotes.py",
    truth=Truth(kind="pool.exhausted", resource="lock", where="borrow_connection"),
    thread="quote_parcels",
    peer="payment_provider.py",
    evidence=(
        Evidence(
            what="time in waiting for a connection to be returned, of wall time",
            share=0.786,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in futex",
            share=0.785,
            source="/proc/PID/task/TID/syscall x 1600",
        ),
        Evidence(
            what="dumps with borrow_connection on the stack",
            share=0.786,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
