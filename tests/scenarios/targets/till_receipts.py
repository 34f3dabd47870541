"""A till writes receipts into an SQLite database, and each receipt is a transaction of its own that has to be on
the disk before the next customer is served."""

import sqlite3
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

receipts = {"written": 0}


class Till:
    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.execute("pragma journal_mode = wal")
        self.database.execute("pragma synchronous = full")
        self.database.execute("create table receipt (total integer, text text)")

    def add_up(self, customer: int) -> tuple[int, str]:
        prices = [customer * n % 197 + 1 for n in range(20)]
        return sum(prices), "\n".join(f"item {n:3} {price:6}" for n, price in enumerate(prices))

    def write_receipt(self, total: int, text: str) -> None:
        with truth.span("fsync"):
            self.database.execute("insert into receipt values (?, ?)", (total, text))
        receipts["written"] += 1

    def serve(self) -> None:
        for customer in range(1_000_000_000):
            self.write_receipt(*self.add_up(customer))


def main() -> None:
    directory = Path(start("directory").directory)
    till = Till(directory / "receipts.sqlite3")
    threading.Thread(target=till.serve, name="till", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(receipts, file=sys.stderr)


if __name__ == "__main__":
    main()
