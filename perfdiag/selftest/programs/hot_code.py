"""Compares names in a loop; a clock ticks beside it."""

import signal
import threading
import time


def edit_distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        before, row[0] = row[0], at
        for column, other in enumerate(right, 1):
            best = min(row[column] + 1, row[column - 1] + 1, before + (letter != other))
            before, row[column] = row[column], best
    return row[-1]


def tick() -> None:
    while True:
        time.sleep(0.5)


def main() -> None:
    signal.alarm(60)
    threading.Thread(target=tick, daemon=True).start()
    while True:
        edit_distance("the performance of programs" * 2, "the programme of performances" * 2)


if __name__ == "__main__":
    main()
