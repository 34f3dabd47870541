"""Takes telemetry in six threads and hands it to one that stores it: each record has to be confirmed by the
storage (12 ms), so that the bounded queue between them is always full."""

import queue
import random
import sys
import threading
import time

from lifecycle import ready, start, truth

CONFIRMATION = 0.012  # seconds
ROOM = 64

stored = {"records": 0}


def decode_record(chance: random.Random) -> dict[str, float]:
    return {f"channel-{n}": chance.random() for n in range(40)}


def receive(inlet: "queue.Queue[dict[str, float]]", source: int) -> None:
    chance = random.Random(source)
    while True:
        record = decode_record(chance)
        with truth.span("queue"):
            inlet.put(record)


def store_records(inlet: "queue.Queue[dict[str, float]]") -> None:
    while True:
        stored["channels"] = len(inlet.get())
        stored["records"] += 1
        with truth.span("sleep"):
            time.sleep(CONFIRMATION)


def main() -> None:
    start()
    inlet: queue.Queue[dict[str, float]] = queue.Queue(ROOM)
    threading.Thread(target=store_records, args=(inlet,), name="storage", daemon=True).start()
    for source in range(6):
        threading.Thread(target=receive, args=(inlet, source), name=f"source-{source}", daemon=True).start()
    time.sleep(1)
    ready()
    while True:
        time.sleep(1)
        print(stored, inlet.qsize(), file=sys.stderr)


if __name__ == "__main__":
    main()
