"""Fires pots in two kilns: whoever brings a load looks every 8 ms whether it is done, which takes most of a second."""

import sys
import threading
import time
from collections.abc import Callable

from lifecycle import ready, start, truth

FIRING = 0.7  # seconds
LOOK = 0.008  # seconds between two looks


class Kiln:
    """Heats by itself; knows only when it was closed."""

    def __init__(self) -> None:
        self.closed_at = 0.0
        self.loads = 0

    def close(self, pots: list[str]) -> None:
        self.closed_at = time.monotonic()
        self.loads += len(pots) > 0

    def is_done(self) -> bool:
        return time.monotonic() - self.closed_at >= FIRING


def wait_until(holds: Callable[[], bool]) -> None:
    while not holds():
        with truth.span("sleep"):
            time.sleep(LOOK)


def glaze(load: int) -> list[str]:
    return [f"pot {pot} of load {load}, glaze {load * pot % 17}" for pot in range(3000)]


def fire_loads(kiln: Kiln) -> None:
    for load in range(1_000_000_000):
        kiln.close(glaze(load))
        wait_until(kiln.is_done)


def main() -> None:
    start()
    kilns = [Kiln(), Kiln()]
    for number, kiln in enumerate(kilns):
        threading.Thread(target=fire_loads, args=(kiln,), name=f"potter-{number}", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print([kiln.loads for kiln in kilns], file=sys.stderr)


if __name__ == "__main__":
    main()
