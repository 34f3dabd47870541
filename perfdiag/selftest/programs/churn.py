"""A thread for each of very many small sums."""

import signal
import threading

sums = [0] * 8


def add(number: int) -> None:
    sums[number % 8] += number


def hand_out(number: int) -> None:
    thread = threading.Thread(target=add, args=(number,))
    thread.start()
    thread.join()


def main() -> None:
    signal.alarm(60)
    for number in range(1_000_000_000):
        hand_out(number)


if __name__ == "__main__":
    main()
