"""Makes thumbnails in three processes of a prefork farm. Meant to run in a cgroup with 0.4 CPUs of quota for all
of them, where each stands still most of the time."""

import os
import sys
import time

from lifecycle import ready, start, start_child

WORKERS = 3
WIDTH = 96


def decode_picture(number: int) -> list[int]:
    return [(number * 31 + n * n) % 256 for n in range(WIDTH * WIDTH)]


def shrink_picture(picture: list[int]) -> list[int]:
    small = []
    for y in range(0, WIDTH, 4):
        for x in range(0, WIDTH, 4):
            square = [picture[(y + dy) * WIDTH + x + dx] for dy in range(4) for dx in range(4)]
            small.append(sum(square) // 16)
    return small


def work() -> None:
    start_child()
    picture = decode_picture(os.getpid())
    while True:
        picture[0] = sum(shrink_picture(picture)) % 256


def main() -> None:
    start()
    for _ in range(WORKERS):
        if os.fork() == 0:
            work()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(WORKERS, "workers", file=sys.stderr)


if __name__ == "__main__":
    main()
