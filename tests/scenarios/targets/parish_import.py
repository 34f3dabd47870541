"""Imports the entries of old parish registers into a service that allows fifteen requests a second: a single
thread that waits its share of a second before each, in select(). The service itself is quick."""

import hashlib
import http.client
import select
import sys
import threading
import time

from lifecycle import ready, start, truth

INTERVAL = 1 / 15

entries = {"sent": 0, "seen": 0}


def respect_quota() -> None:
    with truth.span("sleep"):
        select.select([], [], [], INTERVAL)


def transcribe(number: int) -> bytes:
    text = " ".join(f"entry {number * n % 997}" for n in range(1500))
    return hashlib.sha256(text.encode()).hexdigest().encode()


def import_entries(port: int) -> None:
    service = http.client.HTTPConnection("127.0.0.1", port)
    for number in range(1_000_000_000):
        body = transcribe(number)
        respect_quota()
        service.request("POST", "/entries", body)
        service.getresponse().read()
        entries["sent"] += 1


def watch() -> None:
    while True:
        time.sleep(1)
        entries["seen"] = entries["sent"]
        print(entries, file=sys.stderr)


def main() -> None:
    port = int(start("peer").peer)
    threading.Thread(target=import_entries, args=(port,), name="import", daemon=True).start()
    time.sleep(0.5)
    ready()
    watch()


if __name__ == "__main__":
    main()
