"""Seals routes on the one CPU that it was given, where two programs of the same box compute as well; the
other CPUs are for somebody else. The sealing thread is always ready and has that CPU for a third of the time."""

import hashlib
import os
import sys
import threading
import time

from lifecycle import ready, start, start_child

NEIGHBOURS = 2

sealed = {"routes": 0, "seen": 0}


def be_a_neighbour() -> None:
    """In a process of its own."""
    start_child()
    digest = b"neighbour"
    while True:
        digest = hashlib.sha256(digest).digest()


def seal_route(number: int) -> int:
    seal = number
    for stop in range(20_000):
        seal = (seal * 31 + stop) % 1_000_003
    return seal


def seal_routes() -> None:
    for number in range(1_000_000_000):
        sealed["seen"] = seal_route(number)
        sealed["routes"] += 1


def main() -> None:
    start()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for _ in range(NEIGHBOURS):
        if os.fork() == 0:
            be_a_neighbour()
    threading.Thread(target=seal_routes, name="seal", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(sealed, file=sys.stderr)


if __name__ == "__main__":
    main()
