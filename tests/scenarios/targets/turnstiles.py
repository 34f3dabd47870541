"""Counts visitors at ten turnstiles into one ledger: each takes the ledger's lock for a millisecond, in which the
device behind it confirms the new number, and comes back for it after next to no work of its own."""

import sys
import threading
import time

from lifecycle import ready, start, truth

TURNSTILES = 10
CONFIRMING = 0.0008  # seconds of the device


class Ledger:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.visitors = 0

    def admit(self) -> int:
        with truth.span("lock"):
            self.lock.acquire()
        try:
            self.visitors += 1
            time.sleep(CONFIRMING)
            return self.visitors
        finally:
            self.lock.release()


def turn(ledger: Ledger, gate: int) -> None:
    while True:
        number = ledger.admit()
        sum(number * step % 89 for step in range(gate + 60))


def main() -> None:
    start()
    ledger = Ledger()
    for gate in range(TURNSTILES):
        threading.Thread(target=turn, args=(ledger, gate), name=f"gate-{gate}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(ledger.visitors, "visitors", file=sys.stderr)


if __name__ == "__main__":
    main()
