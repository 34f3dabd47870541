"""Packs pages with six threads that the start script has bound to the first CPU; the others have nothing to
do."""

import os
import sys
import threading
import time
import zlib

from lifecycle import ready, start

THREADS = 6
PAGE = bytes(range(256)) * 2000

packed = {"pages": 0}


def pack_page(number: int) -> bytes:
    return zlib.compress(PAGE[number % 256 :], 9)


def pack_all(first: int) -> None:
    number = first
    while True:
        pack_page(number)
        packed["pages"] += 1
        number += THREADS


def main() -> None:
    start()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for first in range(THREADS):
        threading.Thread(target=pack_all, args=(first,), name=f"pack-{first}", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(packed["pages"], "pages", file=sys.stderr)


if __name__ == "__main__":
    main()
