"""Finds primes in one thread, beside a thread that keeps the statistics. A healthy batch job by itself: meant to
run beside busy neighbours, where it waits for a CPU most of the time."""

import threading
import time

from lifecycle import ready, start, truth

statistics = {"sieves": 0, "largest": 0}


def sieve(limit: int) -> int:
    flags = bytearray([1]) * (limit + 1)
    largest = 2
    for number in range(2, limit + 1):
        if flags[number]:
            largest = number
            for multiple in range(number * number, limit + 1, number):
                flags[multiple] = 0
    return largest


def search() -> None:
    meter = truth.meter()
    while True:
        statistics["largest"] = sieve(20_000)
        statistics["sieves"] += 1
        meter.mark()


def keep_statistics() -> None:
    while True:
        time.sleep(0.5)
        statistics["rate"] = statistics["sieves"]


def main() -> None:
    start()
    threading.Thread(target=keep_statistics, name="statistics", daemon=True).start()
    ready()
    search()


if __name__ == "__main__":
    main()
