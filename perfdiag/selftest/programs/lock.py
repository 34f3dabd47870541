"""Six threads keep one ledger, and its lock while they wait for the printer."""

import signal
import threading
import time

ledger: list[int] = []
lock = threading.RLock()


def print_entry(number: int) -> None:
    with lock:
        ledger.append(number)
        time.sleep(0.01)
        del ledger[:-100]


def check_digits(number: int) -> int:
    return sum(int(digit) * weight for weight, digit in enumerate(str(number * 7919) * 20)) % 97


def keep_ledger(first: int) -> None:
    for number in range(first, 1_000_000_000, 6):
        print_entry(check_digits(number))


def main() -> None:
    signal.alarm(60)
    threads = [threading.Thread(target=keep_ledger, args=(first,)) for first in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
