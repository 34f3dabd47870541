"""Stores what cameras send: two threads write blocks of 1 MB past the page cache (O_DIRECT) into ring files on a
disk that takes less than they have."""

import mmap
import os
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

BLOCK = 1 << 20
RING = 32  # blocks of a file

stored = {"blocks": 0}


def take_picture(block: mmap.mmap, number: int) -> None:
    head = b"frame %d " % number
    block[: len(head)] = head


def store_block(file: int, block: mmap.mmap, place: int) -> None:
    with truth.span("disk"):
        os.pwrite(file, block, place * BLOCK)


def record_camera(path: Path) -> None:
    block = mmap.mmap(-1, BLOCK)  # on a page boundary, as O_DIRECT asks
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_DIRECT, 0o600)
    for number in range(1_000_000_000):
        take_picture(block, number)
        store_block(file, block, number % RING)
        stored["blocks"] += 1


def main() -> None:
    directory = Path(start("directory").directory)
    for camera in ("door", "yard"):
        path = directory / f"{camera}.ring"
        threading.Thread(target=record_camera, args=(path,), name=camera, daemon=True).start()
    time.sleep(1)
    ready()
    while True:
        time.sleep(1)
        print(stored, file=sys.stderr)


if __name__ == "__main__":
    main()
