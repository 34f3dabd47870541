"""Makes one-time pads from the kernel's random numbers, a megabyte at a time, in a thread beside one that keeps
count: nearly all of its CPU time is spent inside the system call."""

import os
import sys
import threading
import time

from lifecycle import ready, start

PAD = 1 << 20  # bytes

shelf = {"pads": 0, "bits": 0}


def draw_pad() -> bytes:
    return os.urandom(PAD)


def label(pad: bytes) -> str:
    return f"pad-{shelf['pads']:08d}-{pad[:8].hex()}"


def fill_shelf() -> None:
    while True:
        pad = draw_pad()
        shelf["pads"] += 1
        shelf["bits"] += len(label(pad))


def main() -> None:
    start()
    threading.Thread(target=fill_shelf, name="pads", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(shelf, file=sys.stderr)


if __name__ == "__main__":
    main()
