"""Scrubs a raw volume: eight threads read 256 KB each at places of their own, past the page cache, from a block
device that cannot serve them all; its queue is never empty. `--device` is the volume."""

import mmap
import os
import random
import sys
import threading
import time
import zlib

from lifecycle import ready, start, truth

EXTENT = 256 << 10  # bytes

scrubbed = {"extents": 0, "sum": 0}


def read_extent(volume: int, extent: mmap.mmap, place: int) -> None:
    with truth.span("disk"):
        os.preadv(volume, [extent], place)


def scrub(path: str, seed: int) -> None:
    volume = os.open(path, os.O_RDONLY | os.O_DIRECT)
    extents = os.lseek(volume, 0, os.SEEK_END) // EXTENT
    chance, extent = random.Random(seed), mmap.mmap(-1, EXTENT)
    while True:
        read_extent(volume, extent, chance.randrange(extents) * EXTENT)
        scrubbed["sum"] = zlib.crc32(extent)
        scrubbed["extents"] += 1


def main() -> None:
    path = start("device").device
    for seed in range(8):
        threading.Thread(target=scrub, args=(path, seed), name=f"scrub-{seed}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(scrubbed, file=sys.stderr)


if __name__ == "__main__":
    main()
