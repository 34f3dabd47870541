"""Finds the outliers among the readings of sensors with a process beside this one. Each task carries all
readings of a day, as a list of records: most time goes to turning them into bytes and back, hardly any to the
outliers."""

import multiprocessing
import sys
import threading
import time

from lifecycle import ready, start, start_child

READINGS = 20_000

found = {"days": 0, "outliers": 0}


def find_outliers(day: list[tuple[str, int, float]]) -> list[str]:
    return [name for name, _, value in day[::50] if value > 99]


def read_day(number: int) -> list[tuple[str, int, float]]:
    return [(f"sensor-{n % 500}", n, n * (number + 1) % 1009 / 10) for n in range(READINGS)]


def search_days() -> None:
    days = [read_day(number) for number in range(8)]
    with multiprocessing.Pool(1, initializer=start_child) as pool:
        while True:
            found["outliers"] += sum(len(names) for names in pool.map(find_outliers, days, chunksize=1))
            found["days"] += len(days)


def main() -> None:
    start()
    threading.Thread(target=search_days, name="search", daemon=True).start()
    time.sleep(1.0)
    ready()
    while True:
        time.sleep(1)
        print(found, file=sys.stderr)


if __name__ == "__main__":
    main()
