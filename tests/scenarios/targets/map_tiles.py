"""Serves map tiles: ten viewers ask for one tile after the other and wait for it; a ThreadPoolExecutor of two
fetches what a tile shows, in thirty questions of a millisecond each. `--peer` is the port of the archive."""

import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from lifecycle import ready, start, truth

FETCHERS = 2
VIEWERS = 10
LAYERS = 30

served = {"tiles": 0}
mine = threading.local()


class Archive:
    def __init__(self, port: int) -> None:
        self.port = port

    def connection(self) -> BinaryIO:
        if not hasattr(mine, "archive"):
            mine.archive = socket.create_connection(("127.0.0.1", self.port)).makefile("rwb")
        return mine.archive

    def fetch_tile(self, x: int, y: int) -> list[bytes]:
        archive, layers = self.connection(), []
        for layer in range(LAYERS):
            archive.write(b"%d/%d/%d\n" % (layer, x, y))
            archive.flush()
            layers.append(archive.readline())
        return layers


class Viewer(threading.Thread):
    def __init__(self, number: int, archive: Archive, fetchers: ThreadPoolExecutor) -> None:
        super().__init__(daemon=True)
        self.number, self.archive, self.fetchers = number, archive, fetchers

    def run(self) -> None:
        for step in range(1_000_000_000):
            layers = self.await_tile(step)
            served["bytes"] = sum(map(len, layers))
            served["tiles"] += 1

    def await_tile(self, step: int) -> list[bytes]:
        tile = self.fetchers.submit(self.archive.fetch_tile, self.number, step)
        with truth.span("pool"):
            return tile.result(timeout=60)


def main() -> None:
    archive = Archive(int(start("peer").peer))
    with ThreadPoolExecutor(FETCHERS) as fetchers:
        for number in range(VIEWERS):
            Viewer(number, archive, fetchers).start()
        time.sleep(0.5)
        ready()
        while True:
            time.sleep(1)
            print(served, file=sys.stderr)


if __name__ == "__main__":
    main()
