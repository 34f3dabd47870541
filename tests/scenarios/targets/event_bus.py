"""Passes the messages of a plant on to who listens. Each message brings a listener of its own, with the curve
it compares with, and none is ever taken off the bus: some 8 MB a second, in a program that hardly
computes."""

import sys
import threading
import time
from collections.abc import Callable

from lifecycle import ready, start

RATE = 120  # messages a second
CURVE = 2000  # points

passed = {"messages": 0, "alarms": 0}

Listener = Callable[[float], bool]


class Bus:
    def __init__(self) -> None:
        self.listeners: dict[str, list[Listener]] = {}

    def subscribe(self, topic: str, level: float) -> None:
        curve = [level + point / 7 for point in range(CURVE)]

        def above(value: float) -> bool:
            return value > curve[int(value) % CURVE]

        self.listeners.setdefault(topic, []).append(above)

    def publish(self, topic: str, value: float) -> int:
        return sum(listener(value) for listener in self.listeners[topic])


def pass_on(bus: Bus) -> None:
    due = time.monotonic()
    for number in range(1_000_000_000):
        topic = f"pump/{number % 4000}"
        bus.subscribe(topic, number / 3)
        passed["alarms"] += bus.publish(topic, number % 97)
        passed["messages"] += 1
        due += 1 / RATE
        time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    start()
    threading.Thread(target=pass_on, args=(Bus(),), name="messages", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(passed, file=sys.stderr)


if __name__ == "__main__":
    main()
