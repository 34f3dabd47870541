"""A full multiprocessing.Queue before one child."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="queue.backlog.process",
    program="scan_intake.py",
    truth=Truth(kind="queue.backlog", resource="lock", where="empty_tray"),
    thread="run_scanner",
    tree=True,
    evidence=(
        Evidence(
            what="time in Queue.put, of the scanners' wall time",
            share=0.991,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a scanner in futex",
            share=0.945,
            source="/proc/PID/task/TID/syscall x 220",
        ),
        Evidence(
            what="dumps with put as a scanner's innermost function",
            share=1,
            source="py-spy dump x 12 over 4 s",
        ),
    ),
)
