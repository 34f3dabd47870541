"""Exports tables, one after the other, as a job in the night does: rows are packed into blocks of 4 MB and
appended to the dump of the table, past the page cache, on a volume that takes 30 MB a second."""

import mmap
import os
import sys
import threading
import time
from io import FileIO
from pathlib import Path

from lifecycle import ready, start, truth

BLOCK = 4 << 20
BLOCKS = 12  # of a table

exported = {"tables": 0, "blocks": 0}


def open_dump(path: Path) -> FileIO:
    def past_the_cache(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_DIRECT, 0o600)

    return FileIO(path, "w", opener=past_the_cache)


def pack_rows(block: mmap.mmap, first: int) -> None:
    rows = b"".join(b"%012d;%06d\n" % (first + row, row * 7919 % 1_000_003) for row in range(4000))
    block[:] = (rows * (BLOCK // len(rows) + 1))[:BLOCK]


def flush_block(dump: FileIO, block: mmap.mmap) -> None:
    with truth.span("disk"):
        dump.write(block)
    exported["blocks"] += 1


def export_table(path: Path, block: mmap.mmap) -> None:
    with open_dump(path) as dump:
        for number in range(BLOCKS):
            pack_rows(block, number * BLOCK)
            flush_block(dump, block)
    path.unlink()  # it has been taken away


def export_all(directory: Path) -> None:
    block = mmap.mmap(-1, BLOCK)  # on a page boundary, as O_DIRECT asks
    for number in range(1_000_000_000):
        export_table(directory / f"table-{number}.dump", block)
        exported["tables"] += 1


def watch(began: float) -> None:
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(0.25)
        elapsed = time.monotonic() - began
        print(f"{exported['blocks'] / elapsed:.1f} blocks a second", file=sys.stderr)


def main() -> None:
    directory = Path(start("directory").directory)
    threading.Thread(target=watch, args=(time.monotonic(),), name="watch", daemon=True).start()
    export_all(directory)


if __name__ == "__main__":
    main()
