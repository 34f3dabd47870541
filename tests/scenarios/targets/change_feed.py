"""Streams every change of a shop to its replicas, a thread and a connection for each; the replicas
(peers/slow_replica.py) read slowly, and the socket's buffer is always full."""

import json
import socket
import sys
import threading
import time

from lifecycle import ready, start, truth

SEGMENT_ROWS = 1000

sent = {"bytes": 0}


def encode_segment(number: int) -> bytes:
    rows = [{"change": number * SEGMENT_ROWS + n, "item": n % 97, "price": n * 7} for n in range(SEGMENT_ROWS)]
    return json.dumps(rows).encode()


def ship_segment(replica: socket.socket, segment: bytes) -> None:
    with truth.span("network"):
        replica.sendall(segment)
    sent["bytes"] += len(segment)


def feed_replica(replica: socket.socket) -> None:
    for number in range(1_000_000_000):
        ship_segment(replica, encode_segment(number))


def watch() -> None:
    while True:
        time.sleep(1)
        print(sent, file=sys.stderr)


def main() -> None:
    start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as server:
        ready(port=server.getsockname()[1])
        while True:
            replica = server.accept()[0]
            threading.Thread(target=feed_replica, args=(replica,), daemon=True).start()


if __name__ == "__main__":
    main()
