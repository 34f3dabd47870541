"""An editor's server that keeps each state of each drawing for "undo": 5 MB a second, in a cgroup of 700 MB, which
will be full within two minutes. Drawing itself takes little."""

import sys
import threading
import time

from lifecycle import ready, start

CANVAS = 256 << 10  # bytes
STROKES = 20  # a second


class Drawing:
    def __init__(self) -> None:
        self.canvas = bytearray(CANVAS)
        self.history: list[bytes] = []

    def remember_state(self) -> None:
        self.history.append(bytes(self.canvas))

    def draw_stroke(self, number: int) -> None:
        self.remember_state()
        for step in range(400):
            self.canvas[(number * 7919 + step * 257) % CANVAS] = step % 256

    def follow_pen(self) -> None:
        due = time.monotonic()
        for number in range(1_000_000_000):
            self.draw_stroke(number)
            due += 1 / STROKES
            time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    start()
    drawing = Drawing()
    threading.Thread(target=drawing.follow_pen, name="pen", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(len(drawing.history), "states", file=sys.stderr)


if __name__ == "__main__":
    main()
