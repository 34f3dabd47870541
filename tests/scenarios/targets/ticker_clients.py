"""Subscribes to tickers at forty a second and keeps the sockets of those that left: its descriptors rise evenly
towards a limit of 4096, where it will end in a minute and a half."""

import resource
import socket
import sys
import threading
import time

from lifecycle import ready, start

LIMIT = 4096
RATE = 40  # a second
BEGUN = 600  # descriptors in use when it is looked at

tickers = {"subscribed": 0, "left": 0}


class Tickers:
    def __init__(self) -> None:
        self.near: list[socket.socket] = []

    def subscribe(self) -> socket.socket:
        near, far = socket.socketpair()
        self.near.append(near)
        tickers["subscribed"] += 1
        return far

    def leave(self, far: socket.socket) -> None:
        far.close()
        tickers["left"] += 1

    def run(self) -> None:
        for _ in range(BEGUN):
            self.leave(self.subscribe())
        due = time.monotonic()
        while True:
            self.leave(self.subscribe())
            due += 1 / RATE
            time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    start()
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    threading.Thread(target=Tickers().run, name="tickers", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(tickers, file=sys.stderr)


if __name__ == "__main__":
    main()
