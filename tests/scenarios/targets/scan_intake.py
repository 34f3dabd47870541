"""Takes in scans of paper forms: five scanner threads put pages into a bounded multiprocessing.Queue, which
one child empties that reads the text of a page in 12 ms. A side thread counts what the disk has left."""

import hashlib
import multiprocessing
import os
import random
import sys
import threading
import time
from multiprocessing.queues import Queue

from lifecycle import ready, start, start_child, truth

ROOM = 24
SCANNERS = 5
READING = 0.012  # seconds

taken = {"pages": 0}


class Recognition(multiprocessing.get_context("fork").Process):
    def __init__(self, pages: "Queue[bytes]") -> None:
        super().__init__(daemon=True)
        self.pages = pages

    def run(self) -> None:
        start_child()
        self.empty_tray()

    def empty_tray(self) -> None:
        while True:
            self.read_page(self.pages.get())

    def read_page(self, page: bytes) -> str:
        time.sleep(READING)  # stands for a device that recognises letters
        return hashlib.sha256(page).hexdigest()


def scan_page(chance: random.Random) -> bytes:
    return chance.randbytes(3000)


def run_scanner(pages: "Queue[bytes]", number: int) -> None:
    chance = random.Random(number)
    while True:
        page = scan_page(chance)
        with truth.span("queue"):
            pages.put(page)
        taken["pages"] += 1


def watch_disk() -> None:
    while True:
        time.sleep(0.5)
        taken["free"] = os.statvfs("/").f_bavail


def main() -> None:
    start()
    pages: Queue[bytes] = multiprocessing.get_context("fork").Queue(ROOM)
    Recognition(pages).start()
    for number in range(SCANNERS):
        threading.Thread(target=run_scanner, args=(pages, number), daemon=True).start()
    threading.Thread(target=watch_disk, daemon=True).start()
    time.sleep(1)
    ready()
    while True:
        time.sleep(1)
        print(taken, file=sys.stderr)


if __name__ == "__main__":
    main()
