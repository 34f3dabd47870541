"""Builds timetables of three hundred departures, and asks a cache for each departure by itself instead of for all
at once: the cache is a millisecond away. `--peer` is its port."""

import socket
import sys
import threading
import time
from typing import BinaryIO

from lifecycle import ready, start, truth

DEPARTURES = 300

built = {"pages": 0, "bytes": 0}


def get_departure(cache: BinaryIO, key: str) -> str:
    cache.write(b"%s\n" % key.encode())
    cache.flush()
    with truth.span("network"):
        return cache.readline().decode()


def render_row(departure: str) -> str:
    return f"<tr><td>{departure.strip().title()}</td></tr>"


def build_page(cache: BinaryIO, stop: int) -> str:
    rows = [render_row(get_departure(cache, f"stop {stop} departure {n}")) for n in range(DEPARTURES)]
    return f"<table>{''.join(rows)}</table>"


def build_pages(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        cache = connection.makefile("rwb")
        for stop in range(1_000_000_000):
            built["bytes"] = len(build_page(cache, stop))
            built["pages"] += 1


def main() -> None:
    port = int(start("peer").peer)
    threading.Thread(target=build_pages, args=(port,), name="pages", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(built, file=sys.stderr)


if __name__ == "__main__":
    main()
