"""Customers who ask an HTTP server again and again, over a new connection each time: `python http_clients.py
PORT [COUNT [PAUSE]]`; ends with its parent."""

import ctypes
import http.client
import signal
import sys
import threading
import time


def ask(port: int, pause: float) -> None:
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()
        time.sleep(pause)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    port, count, pause = int(sys.argv[1]), *(float(word) for word in [*sys.argv[2:], "3", "0.001"][:2])
    for _ in range(int(count)):
        threading.Thread(target=ask, args=(port, pause)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
