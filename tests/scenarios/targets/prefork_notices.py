"""Healthy: four forked children serve short notices over HTTP. They take turns in accept behind a lock that
they share, and mostly there is nothing to accept."""

import multiprocessing
import os
import socket
import sys
import time
from multiprocessing.synchronize import Lock

from lifecycle import ready, start, start_child

CHILDREN = 4


def notice(asked: bytes) -> bytes:
    text = "\n".join(f"{line:3} {'*' * (line % 40)}" for line in range(2000)).encode()
    head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(text)}\r\n\r\n".encode()
    return head + text if asked.startswith(b"GET") else b"HTTP/1.0 405 No\r\n\r\n"


def serve_notices(door: socket.socket, turn: Lock) -> None:
    start_child()
    while True:
        with turn:
            customer, _ = door.accept()
        with customer:
            customer.sendall(notice(customer.recv(4096)))


def main() -> None:
    start()
    fork = multiprocessing.get_context("fork")
    turn = fork.Lock()
    with socket.create_server(("127.0.0.1", 0), backlog=32) as door:
        for _ in range(CHILDREN):
            fork.Process(target=serve_notices, args=(door, turn), daemon=True).start()
        time.sleep(0.3)
        ready(port=door.getsockname()[1])
        while True:
            time.sleep(5)
            print(os.getpid(), "waits", file=sys.stderr)


if __name__ == "__main__":
    main()
