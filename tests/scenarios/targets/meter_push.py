"""Pushes the readings of meters to a collector, over a new connection for each: four threads, and a collector
that is slow to accept. `--peer` is its port."""

import socket
import sys
import threading
import time

from lifecycle import ready, start, truth

PATIENCE = 30.0  # seconds

pushed = {"readings": 0}


def open_channel(port: int) -> socket.socket:
    with truth.span("connect"):
        return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def read_meter(meter: int) -> bytes:
    return b"meter %d %d\n" % (meter, sum(n * n % 89 for n in range(2000)))


def push_readings(port: int, meter: int) -> None:
    while True:
        reading = read_meter(meter)
        with open_channel(port) as channel:
            channel.sendall(reading)
        pushed["readings"] += 1


def main() -> None:
    port = int(start("peer").peer)
    for meter in range(4):
        threading.Thread(target=push_readings, args=(port, meter), name=f"meter-{meter}", daemon=True).start()
    time.sleep(1)
    ready()
    while True:
        time.sleep(1)
        print(pushed, file=sys.stderr)


if __name__ == "__main__":
    main()
