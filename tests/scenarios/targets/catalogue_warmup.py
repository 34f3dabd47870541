"""Healthy: a server that fills its cache when it starts, 200 MB in about three seconds, and stays as large as it is
then, with a little work for clients (peers/line_clients.py)."""

import socketserver
import sys
import threading
import time

from lifecycle import ready, start

ENTRIES = 200
ENTRY = 1 << 20  # bytes
PAUSE = 0.01

catalogue: list[bytearray] = []


def load_entry(number: int) -> bytearray:
    return bytearray(b"%d" % (number % 10)) * ENTRY


def fill_cache() -> None:
    for number in range(ENTRIES):
        catalogue.append(load_entry(number))
        time.sleep(PAUSE)


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            entry = catalogue[len(line) % len(catalogue)]
            self.wfile.write(b"%d\n" % sum(entry[:2000]))


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


def watch() -> None:
    while True:
        time.sleep(1)
        print(len(catalogue), "entries", file=sys.stderr)


def main() -> None:
    start()
    catalogue.append(load_entry(0))
    threading.Thread(target=fill_cache, name="warm-up", daemon=True).start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    with Server(("127.0.0.1", 0), Handler) as server:
        ready(port=server.server_address[1])
        server.serve_forever()


if __name__ == "__main__":
    main()
