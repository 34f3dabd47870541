"""Adds up baskets that are kept in Redis, one small question for each; the server is busy with others.
`--redis` is the port on 127.0.0.1."""

import socket
import sys
import threading
import time

from lifecycle import ready, start, truth

BASKETS = 200


def command(*words: str) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words)


class Basket:
    """A connection to the server."""

    def __init__(self, port: int) -> None:
        self.server = socket.create_connection(("127.0.0.1", port))
        self.answers = self.server.makefile("rb")

    def fill(self, number: int) -> None:
        self.server.sendall(command("SET", f"basket:{number}", str(number * 7)))
        self.answers.readline()

    def price(self, number: int) -> int:
        with truth.span("network"):
            self.server.sendall(command("GET", f"basket:{number}"))
            self.answers.readline()
            return int(self.answers.readline())


class Totals:
    def __init__(self, port: int) -> None:
        self.port = port
        self.added = 0

    def add_all(self) -> None:
        basket = Basket(self.port)
        while True:
            for number in range(BASKETS):
                self.added += basket.price(number)


def main() -> None:
    port = int(start("redis").redis)
    totals, first = Totals(port), Basket(port)
    for number in range(BASKETS):
        first.fill(number)
    for worker in range(2):
        threading.Thread(target=totals.add_all, name=f"totals-{worker}", daemon=True).start()
    time.sleep(0.3)
    ready(port=port)
    while True:
        time.sleep(1)
        print(totals.added, file=sys.stderr)


if __name__ == "__main__":
    main()
