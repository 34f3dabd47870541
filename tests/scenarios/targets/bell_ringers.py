"""Healthy: ringers that each wait on a lock of their own until the conductor opens it, some of them for good;
a guard waits for an event that does not come."""

import threading
import time

from lifecycle import ready, start

RINGERS = 6

rung = {"bells": 0}
closing = threading.Event()


def ring(turn: threading.Lock) -> None:
    while True:
        turn.acquire()
        swing_bell()


def swing_bell() -> None:
    rung["bells"] += sum(number % 3 for number in range(20_000)) > 0


def guard() -> None:
    closing.wait()


def main() -> None:
    start()
    turns = [threading.Lock() for _ in range(RINGERS)]
    for number, turn in enumerate(turns):
        turn.acquire()
        threading.Thread(target=ring, args=(turn,), name=f"ringer-{number}", daemon=True).start()
    threading.Thread(target=guard, name="guard", daemon=True).start()
    ready()
    while True:
        for turn in turns[: RINGERS // 2]:  # the other bells are silent today
            time.sleep(0.05)
            if turn.locked():  # else its ringer is not done yet
                turn.release()


if __name__ == "__main__":
    main()
