"""Twelve customers of licence_desk, each with a new connection for every licence and 50 ms of thought before
each line: `python licence_customers.py PORT`; ends with its parent."""

import contextlib
import ctypes
import signal
import socket
import sys
import threading
import time

CUSTOMERS = 12
THOUGHT = 0.05
LINES = 3


def buy(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as desk, desk.makefile("rb") as answers:
        for number in range(LINES):
            time.sleep(THOUGHT)
            desk.sendall(b"licence line %d\n" % number)
            answers.readline()


def come_again(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            buy(port)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for _ in range(CUSTOMERS):
        threading.Thread(target=come_again, args=(int(sys.argv[1]),)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
