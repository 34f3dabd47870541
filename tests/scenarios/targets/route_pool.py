"""Plans the rounds of delivery vans with a multiprocessing.Pool: the master hands out tours and collects them, two
children shorten each tour by trying swaps, in pure Python."""

import math
import multiprocessing
import os
import random
import sys
import threading
import time
from collections.abc import Iterator

from lifecycle import ready, start, start_child

STOPS = 120
TRIALS = 500

planned = {"tours": 0, "length": 0.0}

Tour = list[tuple[float, float]]


def tour_length(tour: Tour) -> float:
    total, (x0, y0) = 0.0, tour[-1]
    for x1, y1 in tour:
        total += math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
        x0, y0 = x1, y1
    return total


def shorten_tour(seed: int) -> float:
    chance = random.Random(seed)
    tour = [(chance.random(), chance.random()) for _ in range(STOPS)]
    best = tour_length(tour)
    for _ in range(TRIALS):
        i, j = sorted(chance.sample(range(STOPS), 2))
        other = tour[:i] + tour[i:j][::-1] + tour[j:]
        length = tour_length(other)
        if length < best:
            tour, best = other, length
    return best


def orders(room: threading.Semaphore) -> Iterator[int]:
    for number in range(1_000_000_000):
        room.acquire()
        yield number


def main() -> None:
    start()
    with multiprocessing.get_context("fork").Pool(2, start_child) as pool:
        room = threading.Semaphore(8)  # tours that are asked for and not yet planned
        began = time.monotonic()
        for length in pool.imap_unordered(shorten_tour, orders(room)):
            room.release()
            planned["tours"] += 1
            planned["length"] += length
            if began and time.monotonic() - began > 0.5:
                began = 0
                ready()
            if planned["tours"] % 100 == 0:
                print(os.getpid(), planned, file=sys.stderr)


if __name__ == "__main__":
    main()
