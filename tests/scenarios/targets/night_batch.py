"""Healthy: a batch that runs every second, counts what has come in since, takes a tenth of a second for it,
and sleeps until the next one is due, as from cron. Beside it a thread keeps a clock."""

import hashlib
import sys
import threading
import time

from lifecycle import ready, start

INTERVAL = 1.0
COMPUTING = 0.1  # seconds of CPU for a batch

counted = {"batches": 0, "seconds": 0}


def count_entries(number: int) -> str:
    digest, end = str(number).encode(), time.thread_time() + COMPUTING
    while time.thread_time() < end:
        digest = hashlib.sha256(digest).digest()
    return digest.hex()


def run_batches() -> None:
    due = time.monotonic()
    for number in range(1_000_000_000):
        count_entries(number)
        counted["batches"] += 1
        due += INTERVAL
        time.sleep(max(0.0, due - time.monotonic()))


def keep_clock() -> None:
    while True:
        time.sleep(0.25)
        counted["seconds"] = int(time.monotonic())


def main() -> None:
    start()
    threading.Thread(target=keep_clock, name="clock", daemon=True).start()
    threading.Thread(target=run_batches, name="batch", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(counted, file=sys.stderr)


if __name__ == "__main__":
    main()
