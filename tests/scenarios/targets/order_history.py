"""Answers questions about orders from PostgreSQL without the index that they need: two workers wait for
sequential scans. Needs psycopg; `--postgres` is the port on 127.0.0.1."""

import sys
import threading
import time

import psycopg
from lifecycle import ready, start, truth

QUERY = "SELECT count(*), sum(amount) FROM orders WHERE note LIKE %s"


class History:
    def __init__(self, port: int) -> None:
        self.where = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
        self.answers = 0

    def load(self) -> None:
        with psycopg.connect(self.where, autocommit=True) as connection:
            connection.execute("CREATE TABLE orders (id int, amount int, note text)")
            connection.execute(
                "INSERT INTO orders SELECT n, n % 1000, md5(n::text) || md5((n + 1)::text)"
                " FROM generate_series(1, 60000) n"
            )

    def load_orders(self, connection: "psycopg.Connection[tuple[int, int]]", customer: int) -> tuple[int, int]:
        with truth.span("network"):
            rows = connection.execute(QUERY, (f"%{customer:04x}%",)).fetchall()
        return rows[0]

    def answer_all(self) -> None:
        with psycopg.connect(self.where, autocommit=True) as connection:
            customer = 0
            while True:
                customer += 1
                self.load_orders(connection, customer)
                self.answers += 1


def main() -> None:
    history = History(int(start("postgres").postgres))
    history.load()
    for worker in range(2):
        threading.Thread(target=history.answer_all, name=f"history-{worker}", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(history.answers, "answers", file=sys.stderr)


if __name__ == "__main__":
    main()
