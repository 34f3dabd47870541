"""Adds up baskets that are kept in Redis, one small question for each; the server is busy with somebody else's.
Needs redis; `--redis` is the port on 127.0.0.1."""

import sys
import threading
import time

import redis
from lifecycle import ready, start, truth

BASKETS = 200


class Totals:
    def __init__(self, port: int) -> None:
        self.server = redis.Redis(host="127.0.0.1", port=port)
        self.added = 0

    def load(self) -> None:
        for number in range(BASKETS):
            self.server.set(f"basket:{number}", number * 7)

    def price_of(self, number: int) -> int:
        with truth.span("network"):
            found = self.server.get(f"basket:{number}")
        return int(found or 0)

    def add_all(self) -> None:
        while True:
            for number in range(BASKETS):
                self.added += self.price_of(number)


def main() -> None:
    port = int(start("redis").redis)
    totals = Totals(port)
    totals.load()
    for worker in range(2):
        threading.Thread(target=totals.add_all, name=f"totals-{worker}", daemon=True).start()
    time.sleep(0.3)
    ready(port=port)
    while True:
        time.sleep(1)
        print(totals.added, file=sys.stderr)


if __name__ == "__main__":
    main()
