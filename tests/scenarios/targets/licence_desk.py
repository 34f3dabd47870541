"""Hands out licences over TCP, one customer at a time: the next connection is accepted only when the last is
done, which takes three lines each way. Everybody else waits in the kernel's queue."""

import socket
import sys
import threading
import time

from lifecycle import ready, start, truth

BACKLOG = 16
LINES = 3

granted = {"licences": 0}


def sign(line: bytes) -> bytes:
    total = 1
    for n in range(3000):
        total = (total * 31 + line[n % len(line)]) % 1_000_003
    return b"%d\n" % total


def serve_one(customer: socket.socket) -> None:
    with customer, customer.makefile("rb") as lines:
        for _ in range(LINES):
            with truth.span("network"):
                line = lines.readline()
            if not line:
                return
            customer.sendall(sign(line))
    granted["licences"] += 1


def watch() -> None:
    while True:
        time.sleep(1)
        print(granted, file=sys.stderr)


def main() -> None:
    start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as server:
        ready(port=server.getsockname()[1])
        while True:
            serve_one(server.accept()[0])


if __name__ == "__main__":
    main()
