"""Quotes fares and remembers each quote by its exact position, so that no quote is ever found again and none
is ever forgotten: some 6 MB a second, in a program that hardly computes."""

import random
import sys
import threading
import time

from lifecycle import ready, start

PAUSE = 0.02
TABLE = 120_000  # bytes of a quote

quotes: dict[tuple[float, float], bytes] = {}


def quote_for(north: float, east: float) -> bytes:
    key = (north, east)
    if key not in quotes:
        quotes[key] = b"%06d" % int(north * east) * (TABLE // 6)
    return quotes[key]


def checksum(quote: bytes) -> int:
    return sum(quote[:500])


def answer(chance: random.Random) -> int:
    return checksum(quote_for(chance.random() * 90, chance.random() * 180))


def count() -> None:
    while True:
        time.sleep(0.5)
        print(len(quotes), "quotes", file=sys.stderr)


def main() -> None:
    start()
    threading.Thread(target=count, name="count", daemon=True).start()
    time.sleep(0.3)
    ready()
    chance = random.Random(4)
    while True:
        answer(chance)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
