"""Rolls dice for whoever connects, in a process for each connection, as servers of old did. Forking takes
longer than rolling. The process has a large table of past rolls, whose page tables are copied each time."""

import random
import socketserver
import threading
import time

from lifecycle import ready, start, start_child

PAST = list(range(1_000_000))

rolled = {"tables": 0, "seen": 0}


class Roll(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        start_child()
        dice = random.Random(self.rfile.readline())
        self.wfile.write(b"%d\n" % (dice.randint(1, 6) + dice.randint(1, 6)))


class Table(socketserver.ForkingTCPServer):
    allow_reuse_address = True
    request_queue_size = 32


def keep_table(table: Table) -> None:
    table.serve_forever()


def watch() -> None:
    while True:
        time.sleep(1)
        rolled["seen"] = len(PAST)


def main() -> None:
    start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    table = Table(("127.0.0.1", 0), Roll)
    ready(port=table.server_address[1])
    keep_table(table)


if __name__ == "__main__":
    main()
