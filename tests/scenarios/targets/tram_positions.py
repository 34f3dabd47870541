"""Eight threads work out the positions of trams and log each one. What keeps the log reads it slowly, at the
other end of a pipe: whoever writes holds the handler's lock until there is room, and the others wait for
that."""

import logging
import os
import sys
import threading
import time

from lifecycle import ready, start, start_child

RATE = 40_000  # bytes a second that the reader takes
LOG = logging.getLogger("trams")

trams = {"positions": 0, "seen": 0}


def keep_log(source: int) -> None:
    """In a process of its own."""
    start_child()
    while os.read(source, RATE // 50):
        time.sleep(0.02)


def start_keeper() -> int:
    source, sink = os.pipe()
    if os.fork() == 0:
        os.close(sink)
        keep_log(source)
        os._exit(0)
    os.close(source)
    return sink


def report_position(line: int, metre: int) -> None:
    LOG.info("line %d is at metre %d, stop %d, next %s", line, metre, metre // 400, "o" * (metre % 40))


def locate(line: int, turn: int) -> int:
    return sum((turn * n + line) % 7919 for n in range(300)) % 12_000


def follow_line(line: int) -> None:
    for turn in range(1_000_000_000):
        report_position(line, locate(line, turn))
        trams["positions"] += 1


def main() -> None:
    start()
    handler = logging.StreamHandler(os.fdopen(start_keeper(), "w"))
    handler.setFormatter(logging.Formatter("%(asctime)s %(threadName)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    for line in range(8):
        threading.Thread(target=follow_line, args=(line,), name=f"line-{line}", daemon=True).start()
    time.sleep(3.0)  # until the pipe is full
    ready()
    while True:
        time.sleep(1)
        trams["seen"] = trams["positions"]
        print(trams, file=sys.stderr)


if __name__ == "__main__":
    main()
