"""Scans the tables of a warehouse over and over. They would fit into the page cache, were it not for the memory
limit of its cgroup: so every scan reads them from the disk anew."""

import os
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

TABLES = 6
TABLE = 24 << 20  # bytes
BLOCK = 256 << 10

scanned = {"tables": 0, "rows": 0}


def write_tables(directory: Path) -> list[Path]:
    paths = [directory / f"{number}.table" for number in range(TABLES)]
    for path in paths:
        with path.open("wb") as file:
            for number in range(TABLE // BLOCK):
                file.write(number.to_bytes(2, "little") * (BLOCK // 2))
            file.flush()
            os.fsync(file.fileno())
    return paths


def read_rows(file: int) -> bytes:
    with truth.span("disk"):
        return os.read(file, BLOCK)


def scan_table(path: Path) -> int:
    file, rows = os.open(path, os.O_RDONLY), 0
    while block := read_rows(file):
        rows += block.count(7)
    os.close(file)
    return rows


def scan_all(paths: list[Path]) -> None:
    while True:
        for path in paths:
            scanned["rows"] += scan_table(path)
            scanned["tables"] += 1


def main() -> None:
    paths = write_tables(Path(start("directory").directory))
    threading.Thread(target=scan_all, args=(paths,), name="scan", daemon=True).start()
    time.sleep(2)  # until the memory is full
    ready()
    while True:
        time.sleep(1)
        print(scanned, file=sys.stderr)


if __name__ == "__main__":
    main()
