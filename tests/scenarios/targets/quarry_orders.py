"""Books orders of a quarry: twelve threads and three connections of psycopg_pool, each of which is busy for
40 ms with an order. `--postgres` is the database's port."""

import sys
import threading
import time

from lifecycle import ready, start, truth
from psycopg import Connection
from psycopg_pool import ConnectionPool

booked = {"orders": 0, "tons": 0}


def lend_connection(pool: ConnectionPool, order: int) -> None:
    with truth.span("pool"):
        connection = pool.getconn(timeout=60)
    try:
        store_order(connection, order)
    finally:
        pool.putconn(connection)


def store_order(connection: Connection, order: int) -> None:
    connection.execute("SELECT pg_sleep(0.04), %s::int", (order,))


def weigh(order: int) -> int:
    return sum(order * stone % 89 for stone in range(2000))


def take_orders(pool: ConnectionPool, first: int) -> None:
    for order in range(first, 1_000_000_000, 12):
        lend_connection(pool, order)
        booked["tons"] += weigh(order)
        booked["orders"] += 1


def main() -> None:
    port = start("postgres").postgres
    where = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
    pool = ConnectionPool(where, min_size=3, max_size=3, open=True)
    pool.wait()
    for first in range(12):
        threading.Thread(target=take_orders, args=(pool, first), name=f"order-{first}", daemon=True).start()
    time.sleep(0.7)
    ready()
    while True:
        time.sleep(1)
        print(booked, file=sys.stderr)


if __name__ == "__main__":
    main()
