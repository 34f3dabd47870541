"""Prints the letters of twelve offices on two printers, which a semaphore hands out; a printer takes 30 ms for a
letter."""

import sys
import threading
import time

from lifecycle import ready, start, truth

PRINTERS = 2
OFFICES = 12
PRINTING = 0.03  # seconds

printed = {"letters": 0}
printers = threading.BoundedSemaphore(PRINTERS)


def compose_letter(office: int, number: int) -> str:
    return "\n".join(f"line {line} of letter {number} from office {office}" for line in range(60))


def print_letter(letter: str) -> None:
    with truth.span("pool"):
        printers.acquire()
    try:
        feed_printer(letter)
    finally:
        printers.release()


def feed_printer(letter: str) -> None:
    with truth.span("sleep"):
        time.sleep(PRINTING)
    printed["letters"] += 1


def work_in_office(office: int) -> None:
    for number in range(1_000_000_000):
        print_letter(compose_letter(office, number))


def main() -> None:
    start()
    for office in range(OFFICES):
        threading.Thread(target=work_in_office, args=(office,), name=f"office-{office}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(printed, file=sys.stderr)


if __name__ == "__main__":
    main()
