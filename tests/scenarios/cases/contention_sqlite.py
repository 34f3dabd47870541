"""A database that another process keeps locked."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="lock.contention.sqlite",
    truth=Truth(
        kind="lock.contention", resource="lock", where="save_visit", object=".sqlite3", also=("sleep",)
    ),
    program="visit_counter.py",
    thread="count_visits",
    directory=True,
    evidence=(
        Evidence(
            what="time in INSERT, of wall time",
            share=0.994,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a thread in clock_nanosleep or restarting it",
            share=0.987,
            source="/proc/PID/task/TID/syscall x 90",
        ),
        Evidence(
            what="dumps with save_visit as the innermost function",
            share=0.955,
            source="py-spy dump x 11 over 4 s",
        ),
    ),
)
