"""Healthy: readings of forty sensors come every 60 ms, two at a time; six workers take them from a queue and
are done just before the next ones come, after waiting for an analogue converter. Two more poll with a timeout
for what never comes, and one hands out what falls due from a heap."""

import heapq
import queue
import threading
import time

from lifecycle import ready, start, truth

STEP = 0.06  # seconds
SETTLING = 0.056
WORKERS = 6

readings: "queue.Queue[int]" = queue.Queue()
alarms: "queue.SimpleQueue[int]" = queue.SimpleQueue()
done = {"readings": 0, "alarms": 0, "due": 0}


def convert(sensor: int) -> float:
    with truth.span("sleep"):
        time.sleep(SETTLING)
    return sum((sensor * n) % 7 for n in range(2000)) / 2000


def take_readings() -> None:
    while True:
        with truth.span("idle"):
            sensor = readings.get()
        convert(sensor)
        done["readings"] += 1


def watch_alarms() -> None:
    while True:
        with truth.span("idle"):
            try:
                alarms.get(timeout=0.2)
            except queue.Empty:
                continue
        done["alarms"] += 1


class Rounds:
    """Bed checks that fall due, one every 300 ms."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.due = [time.monotonic() + 0.3 * n for n in range(400)]

    def hand_out(self) -> None:
        while self.due:
            with self.changed:
                while (left := self.due[0] - time.monotonic()) > 0:
                    self.changed.wait(left)
                heapq.heappop(self.due)
            done["due"] += 1


def read_sensors() -> None:
    due = time.monotonic()
    for step in range(1_000_000_000):
        for sensor in (2 * step, 2 * step + 1):
            readings.put(sensor % 40)
        due += STEP
        time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    start()
    for target in (*[take_readings] * WORKERS, *[watch_alarms] * 2, Rounds().hand_out, read_sensors):
        threading.Thread(target=target, daemon=True).start()
    time.sleep(0.5)
    ready()
    threading.Event().wait()


if __name__ == "__main__":
    main()
