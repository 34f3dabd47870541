"""Eight threads share two telephones, each of which is in use for 30 ms at a time."""

import queue
import signal
import threading
import time

telephones: "queue.Queue[str]" = queue.Queue()


def take_telephone() -> str:
    return telephones.get()


def call() -> None:
    telephone = take_telephone()
    try:
        time.sleep(0.03)
    finally:
        telephones.put(telephone)


def write_note(number: int) -> str:
    return "".join(chr(97 + number * place % 26) for place in range(2000))


def work(first: int) -> None:
    for number in range(first, 1_000_000_000, 8):
        call()
        write_note(number)


def main() -> None:
    signal.alarm(60)
    for name in ("left", "right"):
        telephones.put(name)
    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
