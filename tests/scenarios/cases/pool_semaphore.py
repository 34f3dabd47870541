"""Two printers for twelve offices."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="pool.exhausted.semaphore",
    program="printer_queue.py",
    truth=Truth(kind="pool.exhausted", resource="lock", where="print_letter"),
    thread="work_in_office",
    evidence=(
        Evidence(
            what="time in acquiring the semaphore, of the offices' wall time",
            share=0.833,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found an office in futex",
            share=0.831,
            source="/proc/PID/task/TID/syscall x 1400",
        ),
        Evidence(
            what="dumps with print_letter on the stack",
            share=1,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
