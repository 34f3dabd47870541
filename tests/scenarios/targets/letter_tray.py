"""Hands out letters to forty sorters. Whoever brings one tells all of them, and each but one finds that there is
none left for it: they wake each other far more often than they sort."""

import sys
import threading
import time
from collections import deque

from lifecycle import ready, start

SORTERS = 40
ROOM = 2  # letters that may lie there

sorted_letters = {"number": 0}


class Tray:
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.letters: deque[int] = deque()

    def exchange(self, letter: int | None) -> int:
        """Leaves a letter when there is room for it; takes one when there is one."""
        with self.changed:
            while len(self.letters) >= ROOM if letter is not None else not self.letters:
                self.changed.wait()
            if letter is not None:
                self.letters.append(letter)
            else:
                letter = self.letters.popleft()
            self.changed.notify_all()
            return letter


def sort(tray: Tray) -> None:
    while True:
        letter = tray.exchange(None)
        sorted_letters["number"] += sum(letter * digit % 7 for digit in range(200)) > 0


def bring(tray: Tray) -> None:
    for letter in range(1_000_000_000):
        tray.exchange(letter)


def main() -> None:
    start()
    tray = Tray()
    for number in range(SORTERS):
        threading.Thread(target=sort, args=(tray,), name=f"sorter-{number}", daemon=True).start()
    threading.Thread(target=bring, args=(tray,), name="postman", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(sorted_letters, file=sys.stderr)


if __name__ == "__main__":
    main()
