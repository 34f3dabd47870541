"""Draws previews for printers into memory that it shares with the processes to come (an anonymous mapping for
each), and gives none of it back: 3 MB a second, in a cgroup of 500 MB."""

import mmap
import sys
import threading
import time

from lifecycle import ready, start

PREVIEW = 512 << 10  # bytes
RATE = 6  # a second

printed = {"previews": 0, "checks": 0}


class Previews:
    def __init__(self) -> None:
        self.shared: dict[int, mmap.mmap] = {}

    def draw_preview(self, number: int) -> mmap.mmap:
        preview = mmap.mmap(-1, PREVIEW)
        line = b"%08d preview " % number
        preview[:] = (line * (PREVIEW // len(line) + 1))[:PREVIEW]
        self.shared[number] = preview
        return preview


def check_preview(preview: mmap.mmap) -> int:
    return preview[: 1 << 16].count(b"7")


def serve_printers(previews: Previews) -> None:
    due = time.monotonic()
    for number in range(1_000_000_000):
        printed["checks"] += check_preview(previews.draw_preview(number))
        printed["previews"] += 1
        due += 1 / RATE
        time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    start()
    threading.Thread(target=serve_printers, args=(Previews(),), name="printers", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(printed, file=sys.stderr)


if __name__ == "__main__":
    main()
