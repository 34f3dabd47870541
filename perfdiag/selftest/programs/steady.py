"""Healthy: a job of a few milliseconds twenty times a second, and nothing waits for longer."""

import queue
import signal
import threading
import time


def sort_letters(number: int) -> int:
    return len(sorted((number * place % 10_007 for place in range(20_000)), reverse=True))


def work(jobs: "queue.Queue[int]") -> None:
    while True:
        sort_letters(jobs.get())


def main() -> None:
    signal.alarm(60)
    jobs: queue.Queue[int] = queue.Queue()
    for _ in range(2):
        threading.Thread(target=work, args=(jobs,), daemon=True).start()
    for number in range(1_000_000_000):
        time.sleep(0.05)
        jobs.put(number)


if __name__ == "__main__":
    main()
