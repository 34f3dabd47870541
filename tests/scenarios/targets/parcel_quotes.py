"""Quotes the price of parcels: fourteen threads ask a carrier over HTTP (25 ms), through a pool of three
connections that everybody has to borrow from. `--peer` is the carrier's port."""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lifecycle import ready, start, truth

CONNECTIONS = 3
CLERKS = 14

quoted = {"parcels": 0}


class ConnectionPool:
    def __init__(self, port: int) -> None:
        self.returned = threading.Condition()
        self.idle = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(CONNECTIONS)]

    def borrow_connection(self) -> http.client.HTTPConnection:
        with self.returned:
            while not self.idle:
                with truth.span("pool"):
                    self.returned.wait()
            return self.idle.pop()

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        connection = self.borrow_connection()
        try:
            yield connection
        finally:
            with self.returned:
                self.idle.append(connection)
                self.returned.notify()


def ask_carrier(connection: http.client.HTTPConnection, parcel: int) -> bool:
    connection.request("POST", "/quote", json.dumps({"grams": parcel % 30_000}))
    with truth.span("network"):
        answer = connection.getresponse().read()
    return bool(json.loads(answer)["ok"])


def quote_parcels(pool: ConnectionPool) -> None:
    for parcel in range(1_000_000_000):
        with pool.connection() as connection:
            quoted["parcels"] += ask_carrier(connection, parcel)


def main() -> None:
    pool = ConnectionPool(int(start("peer").peer))
    for clerk in range(CLERKS):
        threading.Thread(target=quote_parcels, args=(pool,), name=f"clerk-{clerk}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(quoted, file=sys.stderr)


if __name__ == "__main__":
    main()
