"""Matches delivery addresses against a register: a batch in the main thread, beside a progress thread and a
writer that saves the matches. Nearly all time goes to the edit distance in pure Python."""

from __future__ import annotations

import itertools
import os
import queue
import threading
import time

from lifecycle import ready, start

STREETS = ("Albert", "Bishop", "Castle", "Dorset", "Eagle", "Forest", "Garden", "Harbour", "Island", "Jubilee")
SUFFIXES = ("Street", "Road", "Avenue", "Lane", "Square")
REGISTER = tuple(f"{n} {street} {suffix}" for n in range(1, 4) for street in STREETS for suffix in SUFFIXES)

progress = {"matched": 0}


def edit_distance(left: str, right: str) -> int:
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = previous[j - 1] + (a != b)
            if previous[j] + 1 < cost:
                cost = previous[j] + 1
            if current[j - 1] + 1 < cost:
                cost = current[j - 1] + 1
            current.append(cost)
        previous = current
    return previous[-1]


def normalise(address: str) -> str:
    return " ".join(address.lower().replace(",", " ").split())


def best_match(address: str) -> tuple[int, str]:
    wanted = normalise(address)
    best = (len(wanted), "")
    for candidate in REGISTER:
        distance = edit_distance(wanted, normalise(candidate))
        if distance < best[0]:
            best = (distance, candidate)
    return best


def save_matches(results: "queue.Queue[tuple[str, int, str]]") -> None:
    with open(os.devnull, "w") as file:
        while True:
            address, distance, found = results.get()
            print(address, distance, found, sep="\t", file=file)


def report_progress() -> None:
    while True:
        time.sleep(0.5)
        progress["reported"] = progress["matched"]


def main() -> None:
    start()
    results: queue.Queue[tuple[str, int, str]] = queue.Queue()
    threading.Thread(target=save_matches, args=(results,), name="writer", daemon=True).start()
    threading.Thread(target=report_progress, name="progress", daemon=True).start()
    ready()
    for number in itertools.count(1):
        address = f"{number % 9},  {STREETS[number % 10]}t {SUFFIXES[number % 5]}"
        results.put((address, *best_match(address)))
        progress["matched"] += 1


if __name__ == "__main__":
    main()
