"""Counts visits in an SQLite database that another process keeps locked for most of the time: a write waits,
within SQLite, until it gets the lock. Two threads with a connection each."""

import os
import sqlite3
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, start_child, truth

PATIENCE = 30.0  # seconds, of SQLite

visits = {"saved": 0, "seen": 0}


def tidy_up(path: Path) -> None:
    """In a process of its own: holds the lock for 0.5 s at a time, and leaves it for a hundredth of that."""
    start_child()
    database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    while True:
        database.execute("BEGIN IMMEDIATE")
        time.sleep(0.5)
        database.execute("COMMIT")
        time.sleep(0.005)


def start_tidying(path: Path) -> None:
    if os.fork() == 0:
        tidy_up(path)


def save_visit(database: sqlite3.Connection, page: int) -> None:
    with truth.span("lock"):
        database.execute("INSERT INTO visits VALUES (?, ?)", (page, time.time()))


def rank_page(number: int) -> int:
    return sum(number * n % 31 for n in range(5000)) % 1000


def count_visits(path: Path) -> None:
    database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    for number in range(1_000_000_000):
        save_visit(database, rank_page(number))
        visits["saved"] += 1


def main() -> None:
    path = Path(start("directory").directory) / "visits.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE visits (page INTEGER, at REAL)")
    start_tidying(path)
    for number in range(2):
        threading.Thread(target=count_visits, args=(path,), name=f"count-{number}", daemon=True).start()
    time.sleep(0.7)
    ready()
    while True:
        time.sleep(1)
        visits["seen"] = visits["saved"]
        print(visits, file=sys.stderr)


if __name__ == "__main__":
    main()
