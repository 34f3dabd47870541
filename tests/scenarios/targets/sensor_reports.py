"""Writes reports on sensors from a database: ten threads share two connections to SQLite, which lie in a queue as
in many libraries: who needs one takes it out and puts it back. Each report aggregates for some 20 ms."""

import queue
import sqlite3
import sys
import threading
import time

from lifecycle import ready, start, truth

CONNECTIONS = 2
WRITERS = 10
READINGS = 20_000
QUERY = "select sensor, count(*), avg(value), max(value) from reading where value % ? <> 0 group by sensor"

written = {"reports": 0, "lines": 0}

Pool = queue.LifoQueue[sqlite3.Connection]


def open_database() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute("create table reading (sensor integer, value integer)")
    rows = ((n * 7919 % 97, n * 31 % 10_007) for n in range(READINGS))
    database.executemany("insert into reading values (?, ?)", rows)
    return database


def take_connection(pool: Pool) -> sqlite3.Connection:
    with truth.span("pool"):
        return pool.get()


def aggregate(database: sqlite3.Connection, number: int) -> list[tuple[float, ...]]:
    return database.execute(QUERY, (number % 13 + 2,)).fetchall()


def write_report(rows: list[tuple[float, ...]]) -> str:
    return "\n".join(f"{sensor:5} {count:6} {mean:10.2f} {most:8}" for sensor, count, mean, most in rows)


def write_reports(pool: Pool) -> None:
    for number in range(1_000_000_000):
        database = take_connection(pool)
        try:
            rows = aggregate(database, number)
        finally:
            pool.put(database)
        written["lines"] += write_report(rows).count("\n")
        written["reports"] += 1


def main() -> None:
    start()
    pool: Pool = queue.LifoQueue()
    for _ in range(CONNECTIONS):
        pool.put(open_database())
    for writer in range(WRITERS):
        threading.Thread(target=write_reports, args=(pool,), name=f"writer-{writer}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(written, file=sys.stderr)


if __name__ == "__main__":
    main()
