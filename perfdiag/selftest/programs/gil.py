"""Four threads of pure Python that could all compute at once, were there not one lock for all of them."""

import signal
import threading


def collatz_steps(number: int) -> int:
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


def search(first: int) -> None:
    best = 0
    while True:
        for number in range(first, 1_000_000, 4):
            best = max(best, collatz_steps(number))


def main() -> None:
    signal.alarm(60)
    threads = [threading.Thread(target=search, args=(first,)) for first in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
