"""Keeps the scores of players in a hash table on the disk, a page of 4 KB for each bucket: every game reads a
page, changes a few bytes and writes it back, past the page cache, on a disk of few operations a second."""

import mmap
import os
import random
import struct
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

PAGE = 4096
BUCKETS = 8192
BLOCK = 1 << 20

played = {"games": 0}


def make_table(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(BUCKETS * PAGE // BLOCK):
            file.write(b"\1" * BLOCK)
        file.flush()
        os.fsync(file.fileno())


def add_score(table: int, page: mmap.mmap, player: int, points: int) -> None:
    place = player % BUCKETS * PAGE
    with truth.span("disk"):
        os.preadv(table, [page], place)
    slot = player % 500 * 8
    page[slot : slot + 8] = struct.pack("<q", points)
    with truth.span("disk"):
        os.pwrite(table, page, place)


def play(path: Path, seed: int) -> None:
    chance, page = random.Random(seed), mmap.mmap(-1, PAGE)
    table = os.open(path, os.O_RDWR | os.O_DIRECT)
    while True:
        add_score(table, page, chance.randrange(1 << 30), chance.randrange(1000))
        played["games"] += 1


def main() -> None:
    path = Path(start("directory").directory) / "scores.table"
    make_table(path)
    for seed in range(2):
        threading.Thread(target=play, args=(path, seed), name=f"game-{seed}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(played, file=sys.stderr)


if __name__ == "__main__":
    main()
