"""Paints each tile of a mosaic on a canvas of its own of 48 MB, which the allocator takes from the kernel and
gives back each time: most of the time goes to pages that are touched for the first time."""

import sys
import threading
import time

from lifecycle import ready, start

CANVAS = 48 << 20

painted = {"tiles": 0}


def blank_canvas(shade: int) -> bytearray:
    return bytearray(bytes([shade])) * CANVAS


def paint_tile(number: int) -> int:
    canvas = blank_canvas(number % 200)
    return canvas[number % CANVAS]


def paint() -> None:
    number = 0
    while True:
        paint_tile(number)
        painted["tiles"] = number = number + 1


def main() -> None:
    start()
    threading.Thread(target=paint, name="paint", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(painted["tiles"], "tiles", file=sys.stderr)


if __name__ == "__main__":
    main()
