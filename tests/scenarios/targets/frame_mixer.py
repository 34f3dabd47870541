"""Mixes frames of sound, and takes fresh memory for each: 48 MB that the kernel hands out page by page on first
touch and gets back at once. The faults take longer than the mixing."""

import sys
import threading
import time

from lifecycle import ready, start

FRAME = 48 << 20  # bytes; above malloc's largest threshold for memory of its own
PAGE = 4096
CHANNEL = bytes(range(256)) * (FRAME // PAGE // 256)

mixed = {"frames": 0, "peak": 0}


def compose_frame(channel: bytes) -> bytearray:
    frame = bytearray(FRAME)
    frame[::PAGE] = channel
    return frame


def measure_peak(frame: bytearray) -> int:
    return max(frame[:PAGE])


def mix() -> None:
    while True:
        mixed["peak"] = measure_peak(compose_frame(CHANNEL))
        mixed["frames"] += 1


def main() -> None:
    start()
    threading.Thread(target=mix, name="mixer", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(mixed, file=sys.stderr)


if __name__ == "__main__":
    main()
