"""Asks the price labels of a shop's shelves how they are, over HTTP and with a time-out. Their gateway has
room for hardly any connection, so most attempts end in the time-out before one is made. `--peer` is its
port."""

import http.client
import itertools
import sys
import threading
import time

from lifecycle import ready, start, truth

TIMEOUT = 2.5
PROBES = 5

labels = {"asked": 0, "silent": 0, "checked": 0}


def dial_label(port: int) -> http.client.HTTPConnection | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        with truth.span("connect"):
            connection.connect()
    except TimeoutError:
        return None
    return connection


def check_prices(number: int) -> int:
    prices = sorted((n * 7919 + number) % 10_007 for n in range(2000))
    return sum(low != high for low, high in itertools.pairwise(prices))


def probe(port: int, first: int) -> None:
    for number in range(first, 1_000_000_000, PROBES):
        connection = dial_label(port)
        labels["asked" if connection else "silent"] += 1
        labels["checked"] += check_prices(number)
        if connection:
            connection.close()


def main() -> None:
    port = int(start("peer").peer)
    for first in range(PROBES):
        threading.Thread(target=probe, args=(port, first), name=f"probe-{first}", daemon=True).start()
    time.sleep(1.0)
    ready()
    while True:
        time.sleep(1)
        print(labels, file=sys.stderr)


if __name__ == "__main__":
    main()
