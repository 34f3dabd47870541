"""Delivers letters to a door that opens at every third attempt, and pauses in between."""

import signal
import time


def pause(attempt: int) -> None:
    time.sleep(0.05 * attempt)


def address(number: int) -> str:
    return "".join(chr(97 + (number * place) % 26) for place in range(3000))


def deliver(number: int) -> str:
    for attempt in (1, 2, 3):
        if attempt == 3:
            return address(number)
        pause(attempt)
    return ""


def main() -> None:
    signal.alarm(60)
    for number in range(1_000_000_000):
        deliver(number)


if __name__ == "__main__":
    main()
