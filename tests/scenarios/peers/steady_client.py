"""Drives steady_server: four connections that each ask ten times a second, at times that do not wait for
answers. `python steady_client.py PORT`; ends with its parent."""

import ctypes
import random
import signal
import socket
import sys
import threading
import time

CONNECTIONS = 4
RATE = 10.0  # requests a second on each connection


def ask(port: int, number: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        chance = random.Random(number)
        due = time.monotonic() + chance.random() / RATE
        while True:
            time.sleep(max(0.0, due - time.monotonic()))
            connection.sendall(b"quote %d\n" % number)
            if not answers.readline():
                return
            due += chance.uniform(0.5, 1.5) / RATE


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    threads = [threading.Thread(target=ask, args=(int(sys.argv[1]), n)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
