"""Healthy: three workers on a queue that stays empty, one of them with a timeout, a scheduler that finds
nothing due, and a condition that nobody notifies."""

import heapq
import queue
import threading
import time

from lifecycle import ready, start, truth

jobs: "queue.Queue[int]" = queue.Queue()
done = {"jobs": 0}


def work() -> None:
    while True:
        with truth.span("idle"):
            job = jobs.get()
        done["jobs"] += job


def work_with_timeout() -> None:
    while True:
        try:
            with truth.span("idle"):
                job = jobs.get(timeout=0.5)
        except queue.Empty:
            continue
        done["jobs"] += job


class Scheduler:
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.due = [time.monotonic() + 3600 + n for n in range(100)]
        heapq.heapify(self.due)

    def run(self) -> None:
        while True:
            with self.changed:
                self.changed.wait(timeout=min(1.0, self.due[0] - time.monotonic()))


def main() -> None:
    start()
    for target in (work, work, work_with_timeout, Scheduler().run):
        threading.Thread(target=target, daemon=True).start()
    ready()
    threading.Event().wait()


if __name__ == "__main__":
    main()
