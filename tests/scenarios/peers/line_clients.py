"""Connections that each send a line, wait for the answer and pause: `python line_clients.py PORT [COUNT
[PAUSE]]`; ends with its parent."""

import ctypes
import signal
import socket
import sys
import threading
import time


def ask(port: int, number: int, pause: float) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        turn = 0
        while True:
            connection.sendall(b"client %d turn %d\n" % (number, turn))
            if not answers.readline():
                return
            turn += 1
            time.sleep(pause)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    port, count, pause = int(sys.argv[1]), *(float(word) for word in [*sys.argv[2:], "8", "0.02"][:2])
    for number in range(int(count)):
        threading.Thread(target=ask, args=(port, number, pause)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
