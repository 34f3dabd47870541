"""Books seats in PostgreSQL: each booking updates the row of its show, which another session has locked.
Needs psycopg; `--postgres` is the port on 127.0.0.1."""

import sys
import threading
import time

import psycopg
from lifecycle import ready, start, truth


class Plan:
    def __init__(self, port: int) -> None:
        self.where = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
        self.booked = 0

    def load(self) -> None:
        with psycopg.connect(self.where, autocommit=True) as connection:
            connection.execute("CREATE TABLE shows (id int PRIMARY KEY, free int)")
            connection.execute("INSERT INTO shows SELECT n, 100000 FROM generate_series(1, 20) n")

    def take_seat(self, connection: "psycopg.Connection[tuple[int, ...]]", show: int) -> None:
        with truth.span("network"):
            connection.execute("UPDATE shows SET free = free - 1 WHERE id = %s", (show,))

    def book_all(self) -> None:
        with psycopg.connect(self.where, autocommit=True) as connection:
            while True:
                for show in range(1, 21):
                    self.take_seat(connection, show)
                    self.booked += 1


def main() -> None:
    port = int(start("postgres").postgres)
    plan = Plan(port)
    plan.load()
    for worker in range(2):
        threading.Thread(target=plan.book_all, name=f"booking-{worker}", daemon=True).start()
    time.sleep(0.3)
    ready(port=port)
    while True:
        time.sleep(1)
        print(plan.booked, "seats", file=sys.stderr)


if __name__ == "__main__":
    main()
