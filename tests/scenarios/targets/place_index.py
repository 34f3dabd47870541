"""Looks up places in an index on the disk, a tree of nodes of 4 KB: a lookup goes from the root to a leaf,
and each node below the second level is a read of its own, on a disk of 300 reads a second."""

import bisect
import os
import random
import struct
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

PAGE = 4096
FAN = 24  # children of a node
LEVELS = 4
KEYS = FAN**LEVELS
NEAR = 1 + FAN  # nodes that stay in memory
LAYOUT = struct.Struct(f"<{FAN}q")  # the smallest key below each child

looked_up = {"places": 0, "sum": 0}


def write_index(path: Path) -> None:
    with path.open("wb") as file:
        for level in range(LEVELS):
            width = KEYS // FAN**level  # keys below a node
            for low in range(0, KEYS, width):
                node = LAYOUT.pack(*range(low, low + width, width // FAN))
                file.write(node.ljust(PAGE, b"\1"))
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Index:
    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_RDONLY)
        os.posix_fadvise(self.file, 0, 0, os.POSIX_FADV_RANDOM)
        self.near = {number: self.read_node(number) for number in range(NEAR)}

    def read_node(self, number: int) -> tuple[int, ...]:
        with truth.span("disk"):
            page = os.pread(self.file, PAGE, number * PAGE)
        return LAYOUT.unpack_from(page)

    def look_up(self, key: int) -> int:
        number, rank = 0, 0
        for _ in range(LEVELS - 1):
            keys = self.near.get(number) or self.read_node(number)
            rank = bisect.bisect_right(keys, key) - 1
            number = number * FAN + 1 + rank
        leaf = self.read_node(number)
        return leaf[bisect.bisect_right(leaf, key) - 1]

    def forget(self) -> None:
        os.posix_fadvise(self.file, 0, 0, os.POSIX_FADV_DONTNEED)  # the index is far larger than the memory


def answer_all(index: Index) -> None:
    chance = random.Random(7)
    while True:
        looked_up["sum"] += index.look_up(chance.randrange(KEYS))
        looked_up["places"] += 1
        index.forget()


def report_load() -> None:
    while True:
        time.sleep(0.2)
        looked_up["load"] = int(os.getloadavg()[0])


def main() -> None:
    path = Path(start("directory").directory) / "places.bt"
    write_index(path)
    threading.Thread(target=report_load, name="load", daemon=True).start()
    threading.Thread(target=answer_all, args=(Index(path),), name="answers", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(looked_up, file=sys.stderr)


if __name__ == "__main__":
    main()
