"""Verifies the segments of a backup, again and again, from a disk that is slower than the arithmetic: what was
read is dropped from the page cache afterwards, as tools for backups do."""

import os
import sys
import threading
import time
import zlib
from pathlib import Path

from lifecycle import ready, start, truth

SEGMENTS = 4
SEGMENT = 24 << 20  # bytes
BLOCK = 1 << 20

verified = {"segments": 0, "sum": 0}


def write_segments(directory: Path) -> list[Path]:
    paths = [directory / f"{number:04d}.segment" for number in range(SEGMENTS)]
    for path in paths:
        with path.open("wb") as file:
            for number in range(SEGMENT // BLOCK):
                file.write(number.to_bytes(2, "little") * (BLOCK // 2))
            file.flush()
            os.fsync(file.fileno())
        forget(path)
    return paths


def forget(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)


def read_block(file: int) -> bytes:
    with truth.span("disk"):
        return os.read(file, BLOCK)


def verify_segment(path: Path) -> int:
    file, total = os.open(path, os.O_RDONLY), 0
    while block := read_block(file):
        total = zlib.crc32(block, total)
    os.close(file)
    return total


def verify_all(paths: list[Path]) -> None:
    while True:
        for path in paths:
            verified["sum"] = verify_segment(path)
            forget(path)
            verified["segments"] += 1


def main() -> None:
    paths = write_segments(Path(start("directory").directory))
    threading.Thread(target=verify_all, args=(paths,), name="verify", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(verified, file=sys.stderr)


if __name__ == "__main__":
    main()
