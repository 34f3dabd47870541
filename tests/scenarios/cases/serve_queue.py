"""An inference server whose handlers wait for room in the queue of its only model."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="serve.queue",
    program="caption_server.py",
    truth=Truth(kind="queue.backlog", resource="lock", where="serve_model", also=("pool.exhausted",)),
    thread="do_GET",
    client="caption_readers.py",
    requires=("torch",),
    environment="ml",
    evidence=(
        Evidence(
            what="time in waiting for room in the queue, of wall time",
            share=0.69,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found a handler in futex",
            share=0.975,
            source="/proc/PID/task/TID/syscall",
        ),
    ),
)
