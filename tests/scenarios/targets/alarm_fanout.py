"""Passes alarms on, with a thread of its own for each one: they come by the thousand, each is handled in
microseconds, and most of the time goes to making and ending threads."""

import itertools
import sys
import threading
import time

from lifecycle import ready, start

passed = {"alarms": 0, "length": 0}


def pass_on(number: int) -> None:
    text = f"alarm {number}: {number % 17} of {number % 23}"
    passed["length"] = len(text)
    passed["alarms"] += 1


def dispatch_alarm(number: int) -> threading.Thread:
    thread = threading.Thread(target=pass_on, args=(number,), daemon=True)
    thread.start()
    return thread


def fan_out() -> None:
    for number in itertools.count():
        dispatch_alarm(number).join()


def main() -> None:
    start()
    threading.Thread(target=fan_out, name="fan-out", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(passed, file=sys.stderr)


if __name__ == "__main__":
    main()
