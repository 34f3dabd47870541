"""Healthy: ships logs at 5 MB a second to a sink that keeps up, compressed to check them, with about 15 % of a
core, flat memory and no queue. `--peer` is the sink's port."""

import socket
import sys
import threading
import time
import zlib

from lifecycle import ready, start

RATE = 5 << 20  # bytes a second
TURNS = 20  # a second
LINES = [f"{n:08d} GET /item/{n * 7919 % 10007} 200 {n * 31 % 977} ms\n" for n in range(2000)]

shipped = {"bytes": 0, "sum": 0}


def collect_lines(number: int) -> bytes:
    text = "".join(LINES[number % 1000 :]).encode()
    return (text * (RATE // TURNS // len(text) + 1))[: RATE // TURNS]


def ship_block(sink: socket.socket, block: bytes) -> None:
    shipped["sum"] = zlib.crc32(zlib.compress(block, 6))
    sink.sendall(block)
    shipped["bytes"] += len(block)


def ship_logs(port: int) -> None:
    sink, due = socket.create_connection(("127.0.0.1", port)), time.monotonic()
    for number in range(1_000_000_000):
        ship_block(sink, collect_lines(number))
        due += 1 / TURNS
        time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    port = int(start("peer").peer)
    threading.Thread(target=ship_logs, args=(port,), name="shipper", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(shipped, file=sys.stderr)


if __name__ == "__main__":
    main()
