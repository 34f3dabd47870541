"""Reminds cooks with a threading.Timer for each egg. There are very many eggs, and a thread for each: most time
goes to making them."""

import itertools
import sys
import threading
import time

from lifecycle import ready, start

AT_ONCE = 200
BOILING = 0.005  # seconds

kitchen = {"eggs": 0, "ready": 0}
room = threading.Semaphore(AT_ONCE)


def remind_cook(egg: int) -> None:
    kitchen["ready"] += egg % 2
    room.release()


def set_timer(egg: int) -> None:
    timer = threading.Timer(BOILING, remind_cook, (egg,))
    timer.daemon = True
    timer.start()


def boil_eggs() -> None:
    for egg in itertools.count():
        room.acquire()
        set_timer(egg)
        kitchen["eggs"] += 1


def main() -> None:
    start()
    threading.Thread(target=boil_eggs, name="cook", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(kitchen, file=sys.stderr)


if __name__ == "__main__":
    main()
